/** Amounts for people: integers of the minor unit in, words out. What people type, Rust reads. */
import type { Language, TillView } from "../api/api";

export type Currency = Pick<TillView, "currency" | "currency_exponent" | "shown_decimals">;

const locales: Record<Language, string> = { es: "es-CO", en: "en-US" };

/** "$ 12.000": without decimals that nobody expects, unless there are cents to see. */
export function formatMoney(minor: number, money: Currency, language: Language): string {
  const { whole, fraction } = digitsOf(minor, money);
  const decimals = /^0*$/.test(fraction) ? money.shown_decimals : money.currency_exponent;
  const format = new Intl.NumberFormat(locales[language], {
    style: "currency",
    currency: money.currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  // As text: a number with decimals would pass through a float.
  const plain = `${minor < 0 ? "-" : ""}${whole}.${fraction || "0"}`;
  return format.format(plain as `${number}`);
}

/** An amount as a person would type it: what the till reads back. */
export function typedMoney(minor: number, money: Currency): string {
  const { whole, fraction } = digitsOf(minor, money);
  return /^0*$/.test(fraction) ? whole : `${whole}.${fraction}`;
}

function digitsOf(minor: number, money: Currency): { whole: string; fraction: string } {
  const digits = String(Math.abs(minor)).padStart(money.currency_exponent + 1, "0");
  const cut = digits.length - money.currency_exponent;
  return { whole: digits.slice(0, cut), fraction: digits.slice(cut) };
}

/** A count with its separators. */
export function formatCount(count: number, language: Language): string {
  return new Intl.NumberFormat(locales[language]).format(count);
}
