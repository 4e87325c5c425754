/** Sentences from the one catalogue that the till uses too. */
import type { Language } from "../api/api";
import en from "../../../messages/en.json";
import es from "../../../messages/es.json";

type Catalogue = Record<keyof typeof es, string>;
/** The keys that belong to the window, and those that it shares with paper. */
export type UiKey = Extract<keyof typeof es, `ui.${string}` | `tender.${string}`>;
/** Does not compile when English says something that Spanish does not. */
type OnlyEnglish = Exclude<keyof typeof en, keyof typeof es>;
const catalogues: Record<Language, Catalogue> = { es, en } satisfies [OnlyEnglish] extends [never]
  ? Record<Language, Catalogue>
  : never;

export type Params = Readonly<Record<string, string | number>>;

export class Speech {
  /** The account's, until the till says its own. */
  current = $state<Language>(navigator.language.startsWith("en") ? "en" : "es");

  /** The sentence of `key` with its `{names}` filled in. */
  readonly t = (key: UiKey, params: Params = {}): string =>
    catalogues[this.current][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
      name in params ? String(params[name]) : whole,
    );
}

/** The one language of the window: every component reads it. */
export const speech = new Speech();
export const t = speech.t;
