/** Amounts between people and the till: integers of the minor unit in, words out, and back. */
import type { Language, TillView } from "../api/api";

export type Currency = Pick<TillView, "currency" | "currency_exponent" | "shown_decimals">;

/** Beyond this an amount is not a whole number to the window any more. */
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

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

/** An amount as a person would type it: what `parseMoney` reads back. */
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

export type Parsed =
  { status: "amount"; minor: number } | { status: "empty" | "unreadable" | "too_large" };

/**
 * What a person typed as an amount. A point or comma before exactly three digits groups, before one
 * or two at the end it is the decimal mark, in every language: the till reads amounts the same way.
 */
export function parseMoney(text: string, money: Currency): Parsed {
  const bare = text.replace(/[\s$]/g, "");
  if (bare === "") return { status: "empty" };
  const written = /^(\d+|\d{1,3}(?:[.,]\d{3})+)(?:[.,](\d{1,2}))?$/.exec(bare);
  const fraction = written?.[2] ?? "";
  if (!written?.[1] || fraction.length > money.currency_exponent) return { status: "unreadable" };
  const whole = written[1].replace(/[.,]/g, "");
  const minor = BigInt(whole + fraction.padEnd(money.currency_exponent, "0"));
  return minor > LARGEST ? { status: "too_large" } : { status: "amount", minor: Number(minor) };
}
