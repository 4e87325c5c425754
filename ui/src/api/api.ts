/** What the till can do, seen from the window: the one interface with two implementations. */
import type { commands, Stale } from "./bindings";

export type * from "./bindings";

type Commands = typeof commands;

/** The generated commands, plus the news of what went stale. */
export type Api = Commands & {
  /** Calls `hear` with what must be fetched again; the answer stops it. */
  onStale(hear: (what: readonly Stale[]) => void): Promise<() => void>;
};

/** An answer of the till. */
export type Answer<T> =
  { status: "ok"; data: T } | { status: "error"; error: import("./bindings").Trouble };
