import { expect, test } from "vitest";
import { formatMoney, parseMoney, typedMoney, type Currency } from "./money";

const cop: Currency = { currency: "COP", currency_exponent: 2, shown_decimals: 0 };
const mxn: Currency = { currency: "MXN", currency_exponent: 2, shown_decimals: 2 };
const spaced = (text: string) => text.replace(/\s/g, " ");

test.each([
  [1_200_000, cop, "es", "$ 12.000"],
  [1_200_050, cop, "es", "$ 12.000,50"],
  [-300_000, cop, "es", "-$ 3.000"],
  [0, cop, "es", "$ 0"],
  [5, mxn, "es", "$ 0,05"],
  [15_950, mxn, "en", "$159.50"],
  [1_200_000, cop, "en", "$12,000"],
  [9_007_199_254_740_991, mxn, "en", "$90,071,992,547,409.91"],
] as const)("%i is written %s", (minor, money, language, expected) => {
  expect(spaced(formatMoney(minor, money, language))).toBe(expected);
});

test.each([
  ["12.000", 1_200_000],
  ["12000", 1_200_000],
  [" $ 1.234.567,5 ", 123_456_750],
  ["12,5", 1_250],
  ["12.50", 1_250],
  ["1,234.50", 123_450],
  ["0", 0],
  ["1,200", 120_000],
] as const)("%s is an amount", (text, minor) => {
  expect(parseMoney(text, mxn)).toEqual({ status: "amount", minor });
});

test.each([0, 5, 50, 20_000, 123_450, 100_000_000])("%i comes back as it was typed", (minor) => {
  expect(parseMoney(typedMoney(minor, mxn), mxn)).toEqual({ status: "amount", minor });
});

test.each([
  ["", "empty"],
  ["doce", "unreadable"],
  ["-5", "unreadable"],
  ["12,3456", "unreadable"],
  ["1.2.3", "unreadable"],
  ["🙂", "unreadable"],
  ["999999999999999", "too_large"],
] as const)("%s is %s", (text, status) => {
  expect(parseMoney(text, cop)).toEqual({ status });
});
