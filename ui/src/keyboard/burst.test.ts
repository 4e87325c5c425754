import { expect, test } from "vitest";
import { BurstReader } from "./burst";

/** Strikes `text` with the given gaps (the last one repeats) and ends it. */
function strike(text: string, gaps_ms: number[], silence_ms = 5) {
  const reader = new BurstReader();
  let at_ms = 1000;
  let underWay = false;
  Array.from(text).forEach((sign, index) => {
    if (index > 0) at_ms += gaps_ms[index - 1] ?? gaps_ms.at(-1) ?? 0;
    const place = /\d/.test(sign) ? `Digit${sign}` : `Key${sign.toUpperCase()}`;
    underWay = reader.sign({ sign, place, shift: false, at_ms });
  });
  return { underWay, scan: reader.finish(at_ms + silence_ms) };
}

test("six quick signs are a scan", () => {
  expect(strike("VERANO", [10]).scan?.byKey).toBe("VERANO");
});

test.each([
  ["five signs, however quick", "EXTRA", [5]],
  ["fingers", "VERANO2025", [140]],
  ["quick fingers", "VERANO2025", [45]],
  ["a quick end after a pause", "VERANO", [10, 10, 300, 10, 10]],
] as const)("%s are not a scan", (_, text, gaps) => {
  expect(strike(text, [...gaps]).scan).toBeNull();
});

test("one slow gap inside a scan does not break it", () => {
  expect(strike("VERANO2025", [10, 55, 10]).scan?.byKey).toBe("VERANO2025");
});

test("an end that comes much later is not the scanner's", () => {
  expect(strike("VERANO2025", [10], 400).scan).toBeNull();
});

test("the keys are also read as a US keyboard has them", () => {
  const reader = new BurstReader();
  // A French layout makes this of the places 1 2 3 A - B.
  const signs = [
    ["&", "Digit1"],
    ["é", "Digit2"],
    ['"', "Digit3"],
    ["Q", "KeyA"],
    [")", "Minus"],
    ["B", "KeyB"],
  ] as const;
  signs.forEach(([sign, place], at) => reader.sign({ sign, place, shift: false, at_ms: at * 8 }));
  expect(reader.finish(45)).toEqual({ byKey: '&é"Q)B', byPlace: "123A-B" });
});
