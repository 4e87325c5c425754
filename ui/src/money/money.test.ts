import { expect, test } from "vitest";
import { formatMoney, typedMoney, type Currency } from "./money";

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
  [0, mxn, "0"],
  [5, mxn, "0.05"],
  [123_450, mxn, "1234.50"],
  [1_200_000, cop, "12000"],
  [1_500, { currency: "KWD", currency_exponent: 3, shown_decimals: 3 }, "1.500"],
] as const)("%i of %o is typed %s", (minor, money, typed) => {
  expect(typedMoney(minor, money)).toBe(typed);
});
