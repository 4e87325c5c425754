/** What means of payment are called. */
import { t } from "../language/language.svelte";

/** Those that are entered when a sale is paid, in the order of their keys. */
export const kinds = ["cash", "card", "transfer", "gift_card"] as const;
export type Kind = (typeof kinds)[number];

/** Points are reserved before, not entered. */
const tenders = [...kinds, "points"] as const;

/** A means of payment as the cashier calls it. */
export function called(kind: string): string {
  const known = tenders.find((name) => name === kind);
  return known ? t(`tender.${known}`) : kind;
}
