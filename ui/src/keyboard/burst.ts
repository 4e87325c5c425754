/** Tells a scanner from fingers by its rhythm: pure, times come in. */

/** Fewer signs are never a scan. */
const FEWEST_SIGNS = 6;
/** A scanner's median gap between signs, milliseconds. */
const MEDIAN_GAP_MS = 35;
/** A silence that ends a scan, milliseconds. */
export const SILENCE_MS = 60;
/** So long after its last sign an Enter or a Tab may still be the scanner's, milliseconds. */
export const END_MS = 2 * SILENCE_MS;

/** One sign: what the layout made of it, and the key that was struck. */
export type Sign = { sign: string; place: string; shift: boolean; at_ms: number };

/** A whole scan in both readings. */
export type Scan = {
  /** As the keyboard layout of this machine reads it. */
  byKey: string;
  /** As a scanner that believes in a US keyboard meant it. */
  byPlace: string;
};

export class BurstReader {
  #signs: Sign[] = [];

  /** Takes a sign; answers whether a burst is under way, this sign included. */
  sign(next: Sign): boolean {
    const last = this.#signs.at(-1);
    if (last && next.at_ms - last.at_ms > SILENCE_MS) this.#signs = [];
    this.#signs.push(next);
    return this.underWay;
  }

  /** Whether a burst stands there whose scanner has been silent for longer than this. */
  hasEndedBy(at_ms: number, silence_ms: number): boolean {
    return this.underWay && at_ms - this.latest_ms > silence_ms;
  }

  /** When the last sign was struck; 0 without one. */
  get latest_ms(): number {
    return this.#signs.at(-1)?.at_ms ?? 0;
  }

  /** How many signs have been collected. */
  get length(): number {
    return this.#signs.length;
  }

  get underWay(): boolean {
    return this.#signs.length >= FEWEST_SIGNS && this.#medianGap() <= MEDIAN_GAP_MS;
  }

  /** Ends at Enter, Tab or silence: the scan, if it was one. */
  finish(at_ms: number): Scan | null {
    const last = this.#signs.at(-1);
    const fresh = last !== undefined && at_ms - last.at_ms <= END_MS;
    const scan = fresh && this.underWay ? this.#read() : null;
    this.#signs = [];
    return scan;
  }

  #medianGap(): number {
    const gaps = this.#signs
      .slice(1)
      .map((sign, at) => sign.at_ms - (this.#signs[at]?.at_ms ?? sign.at_ms))
      .sort((a, b) => a - b);
    return gaps[Math.floor(gaps.length / 2)] ?? Number.POSITIVE_INFINITY;
  }

  #read(): Scan {
    const byKey = this.#signs.map((sign) => sign.sign).join("");
    const byPlace = this.#signs.map((sign) => usSign(sign) ?? sign.sign).join("");
    return { byKey, byPlace };
  }
}

const US_PLACES: Readonly<Record<string, readonly [plain: string, shifted: string]>> = {
  Minus: ["-", "_"],
  Equal: ["=", "+"],
  Slash: ["/", "?"],
  Period: [".", ">"],
  Comma: [",", "<"],
  Semicolon: [";", ":"],
  Quote: ["'", '"'],
  BracketLeft: ["[", "{"],
  BracketRight: ["]", "}"],
  Backslash: ["\\", "|"],
  Backquote: ["`", "~"],
  Space: [" ", " "],
};
const US_DIGITS_SHIFTED = ")!@#$%^&*(";

function usSign({ place, shift, sign }: Sign): string | undefined {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(place)?.[1];
  if (digit !== undefined)
    return shift && place.startsWith("Digit") ? US_DIGITS_SHIFTED.charAt(Number(digit)) : digit;
  const letter = /^Key([A-Z])$/.exec(place)?.[1];
  // The case is the layout's: caps lock is not visible in the place.
  if (letter !== undefined) return sign === sign.toUpperCase() ? letter : letter.toLowerCase();
  return US_PLACES[place]?.[shift ? 1 : 0];
}
