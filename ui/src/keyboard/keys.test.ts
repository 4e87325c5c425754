import { expect, test } from "vitest";
import { commandOf, named, strokes } from "./keys";

const stroke = (code: string, held: Partial<KeyboardEventInit> = {}) =>
  commandOf(new KeyboardEvent("keydown", { code, ...held }));

test.each([
  ["F9", {}, "pay"],
  ["Escape", {}, "back"],
  ["KeyL", { ctrlKey: true }, "lock"],
  ["Delete", { ctrlKey: true }, "line_remove"],
] as const)("%s", (code, held, command) => {
  expect(stroke(code, held)).toBe(command);
});

test("a number takes what stands beside it", () => {
  expect(stroke("Digit3", { altKey: true })).toEqual({ pick: 3 });
  expect(stroke("Digit2", { ctrlKey: true })).toEqual({ tender: 2 });
  expect(stroke("Digit1", { altKey: true, shiftKey: true })).toEqual({ remove_code: 1 });
});

test.each([
  ["a letter", "KeyL", {}],
  ["a digit", "Digit3", {}],
  ["AltGr and a letter, as on Spanish keyboards", "KeyL", { ctrlKey: true, altKey: true }],
  ["AltGr and a digit", "Digit2", { ctrlKey: true, altKey: true }],
  ["F10", "F10", {}],
  ["F12", "F12", {}],
] as const)("%s is nobody's key", (_, code, held) => {
  expect(stroke(code, held)).toBeNull();
});

test("no two commands share a key", () => {
  const keys = named.map((name) => `${strokes[name].ctrl ? "Ctrl+" : ""}${strokes[name].key}`);
  expect(new Set(keys).size).toBe(keys.length);
});
