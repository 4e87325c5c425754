/** How far this till and the server agree, as the strip shows it. */
import type { Api, SyncView } from "../api/api";

/** Ages on the strip are in words of minutes: asking this often keeps them true, milliseconds. */
const LOOK_EVERY_MS = 10_000;

export class Strip {
  readonly #api: Api;
  view = $state.raw<SyncView | null>(null);
  trying = $state(false);

  constructor(api: Api) {
    this.#api = api;
  }

  async fetch(): Promise<void> {
    const answer = await this.#api.syncView();
    if (answer.status === "ok") this.view = answer.data;
  }

  /** Tries now instead of when the till would by itself. */
  async retry(): Promise<void> {
    this.trying = true;
    const answer = await this.#api.syncNow();
    this.trying = false;
    if (answer.status === "ok") this.view = answer.data;
  }

  /** Keeps the ages true; the answer stops it. */
  watch(): () => void {
    void this.fetch();
    const every = setInterval(() => void this.fetch(), LOOK_EVERY_MS);
    return () => clearInterval(every);
  }
}
