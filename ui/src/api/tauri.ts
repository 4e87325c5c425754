/** The till behind the window's own bridge. */
import { t } from "../language/language.svelte";
import type { Answer, Api } from "./api";
import { commands, events } from "./bindings";

/** A bridge that breaks is an answer too: nobody is left waiting before a button. */
function answering<Asked extends unknown[], T>(
  ask: (...asked: Asked) => Promise<Answer<T>>,
): (...asked: Asked) => Promise<Answer<T>> {
  return async (...asked) => {
    try {
      return await ask(...asked);
    } catch {
      const message = t("ui.broken.message");
      return {
        status: "error",
        error: { code: "broken", message, hint: t("ui.broken.hint"), wait_s: null },
      };
    }
  };
}

const wrapped = Object.fromEntries(
  Object.entries(commands).map(([name, ask]) => [
    name,
    answering(ask as (...asked: unknown[]) => Promise<Answer<unknown>>),
  ]),
) as typeof commands;

export const tauri: Api = {
  ...wrapped,
  onStale: (hear) => events.tillStale.listen((event) => hear(event.payload.what)),
};
