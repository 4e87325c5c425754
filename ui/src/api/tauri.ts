/** The till behind the window's own bridge. */
import type { Api } from "./api";
import { commands, events } from "./bindings";

export const tauri: Api = {
  ...commands,
  onStale: (hear) => events.tillStale.listen((event) => hear(event.payload.what)),
};
