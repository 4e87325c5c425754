import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listenForScans } from "./scanner";

let heard: string[] = [];
let stop: () => void;
let clock_ms = 1000;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(performance, "now").mockImplementation(() => clock_ms);
  heard = [];
  document.body.innerHTML = `<form><input id="field" value="kept" /></form>`;
  stop = listenForScans((scan) => heard.push(scan.byKey));
});
afterEach(() => {
  stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function field(): HTMLInputElement {
  const found = document.querySelector("input");
  if (!found) throw new Error("no field");
  return found;
}

/** A key as a browser delivers it: what nobody prevents lands in the field. */
function strike(key: string, gap_ms: number): boolean {
  clock_ms += gap_ms;
  const event = new KeyboardEvent("keydown", { key, code: "", bubbles: true, cancelable: true });
  Object.defineProperty(event, "timeStamp", { value: clock_ms });
  const free = field().dispatchEvent(event);
  if (free && key.length === 1) field().value += key;
  return free;
}

function type(text: string, gap_ms: number): void {
  for (const sign of text) strike(sign, gap_ms);
}

test("a scan is heard, leaves the field as it was, and its Enter confirms nothing", () => {
  field().focus();
  const submitted = vi.fn();
  document.querySelector("form")?.addEventListener("submit", submitted);
  type("VERANO2025", 8);
  expect(strike("Enter", 8)).toBe(false);
  expect(heard).toEqual(["VERANO2025"]);
  expect(field().value).toBe("kept");
  expect(submitted).not.toHaveBeenCalled();
});

test("a scan that ends in silence is heard too", () => {
  field().focus();
  type("7701234567890", 8);
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(320);
  expect(heard).toEqual(["7701234567890"]);
  expect(field().value).toBe("kept");
});

test("a key that is struck after the silence ends the scan before it, and is the hand's", () => {
  field().focus();
  type("7701234567890", 8);
  expect(strike("a", 61)).toBe(true);
  expect(heard).toEqual(["7701234567890"]);
  expect(field().value).toBe("kepta");

  strike("7", 200);
  type("701234567890", 8);
  expect(strike("Enter", 150)).toBe(true);
  expect(heard).toEqual(["7701234567890", "7701234567890"]);
});

test("a scanner may be slower with its Enter than with its signs", () => {
  field().focus();
  type("7701234567890", 8);
  expect(strike("Enter", 110)).toBe(false);
  expect(heard).toEqual(["7701234567890"]);
});

test("a key that the window holds back while it paints does not cut a scan in pieces", () => {
  field().focus();
  for (const sign of "GRAND") strike(sign, 25);
  strike("E", 25);
  vi.advanceTimersByTime(148);
  for (const sign of "30") strike(sign, 25);
  expect(strike("Enter", 25)).toBe(false);
  expect(heard).toEqual(["GRANDE30"]);
});

test("fingers write into the field and their Enter is theirs", () => {
  field().focus();
  type("12500", 120);
  expect(strike("Enter", 200)).toBe(true);
  expect(heard).toEqual([]);
  expect(field().value).toBe("kept12500");
});

test("a busy machine that delivers the keys late does not cut a scan in pieces", () => {
  field().focus();
  vi.spyOn(performance, "now").mockImplementation(() => clock_ms + 250);
  for (const sign of "VERANO2025") {
    strike(sign, 5);
    vi.advanceTimersByTime(240);
  }
  expect(strike("Enter", 5)).toBe(false);
  expect(heard).toEqual(["VERANO2025"]);
  expect(field().value).toBe("kept");
});

test("two scans in a row are two", () => {
  field().focus();
  type("VERANO10", 6);
  strike("Enter", 6);
  type("FIRST5", 6);
  strike("Tab", 6);
  expect(heard).toEqual(["VERANO10", "FIRST5"]);
});
