/** Listens for scans ahead of everything else on the window. */
import { BurstReader, END_MS, SILENCE_MS, type Scan } from "./burst";

/** Keys come so much later than they were struck while the window paints: 120 ms were seen, milliseconds. */
const LATE_MS = 250;

type Field = HTMLInputElement;
type Memory = { field: Field; text: string };

/**
 * Calls `hear` with each scan. Its signs never stay in a field and its Enter never confirms
 * anything. The answer stops it.
 */
export function listenForScans(hear: (scan: Scan) => void): () => void {
  const reader = new BurstReader();
  let before: Memory | null = null;
  let silence: ReturnType<typeof setTimeout> | undefined;

  const end = (at_ms: number): boolean => {
    clearTimeout(silence);
    const scan = reader.finish(at_ms);
    if (scan) {
      if (before) putBack(before);
      hear(scan);
    }
    before = null;
    return scan !== null;
  };

  const press = (event: KeyboardEvent) => {
    const isEnd = event.key === "Enter" || event.key === "Tab";
    // The silence is that between the keys, however late they come here.
    if (reader.hasEndedBy(event.timeStamp, isEnd ? END_MS : SILENCE_MS)) end(reader.latest_ms);
    if (isEnd) {
      if (reader.length > 0 && end(event.timeStamp)) swallow(event);
      return;
    }
    if (!isSign(event)) return;
    const sign = { sign: event.key, place: event.code, shift: event.shiftKey };
    const already = reader.underWay;
    const memory = remember();
    const underWay = reader.sign({ ...sign, at_ms: event.timeStamp });
    if (reader.length === 1) before = memory;
    if (underWay) {
      swallow(event);
      if (!already && before) putBack(before);
    }
    clearTimeout(silence);
    // A busy machine delivers keys late: the next one may be on its way for as long again.
    const late_ms = Math.max(LATE_MS, 2 * (performance.now() - event.timeStamp));
    const wait_ms = SILENCE_MS + late_ms;
    if (underWay) silence = setTimeout(() => end(event.timeStamp), wait_ms);
  };

  window.addEventListener("keydown", press, { capture: true });
  return () => {
    clearTimeout(silence);
    window.removeEventListener("keydown", press, { capture: true });
  };
}

function isSign(event: KeyboardEvent): boolean {
  const chord = (event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph");
  return event.key.length === 1 && !chord && !event.metaKey && !event.isComposing;
}

function remember(): Memory | null {
  const field = document.activeElement;
  return field instanceof HTMLInputElement ? { field, text: field.value } : null;
}

function putBack({ field, text }: Memory): void {
  if (field.value === text) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function swallow(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
