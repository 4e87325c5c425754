/** Another customer: found by code, card, phone or name while the cashier types, then chosen. */
import type { Api, CustomerHit, PersonReading, ReferrerInput } from "../api/api";
import type { Scan } from "../keyboard/burst";

/** Long enough to skip signs of a quick hand, short enough to feel live, milliseconds. */
const SETTLE_MS = 120;

type Chosen = { hit: CustomerHit; code: string | null };
type Settled = { status: "none" } | { status: "chosen"; input: ReferrerInput } | { status: "open" };

export class Finder {
  readonly #api: Api;
  text = $state("");
  reading = $state.raw<PersonReading | null>(null);
  chosen = $state.raw<Chosen | null>(null);
  /** Enter found more than one answer and took none. */
  undecided = $state(false);
  /** Why whoever was chosen cannot be, in words. */
  refused = $state("");
  #settle: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  readonly hits = $derived(this.chosen === null ? (this.reading?.hits ?? []) : []);

  clear(): void {
    clearTimeout(this.#settle);
    this.#turn += 1;
    this.text = "";
    this.refused = "";
    this.reading = this.chosen = null;
    this.undecided = false;
  }

  typed(text: string): void {
    this.clear();
    this.text = text;
    if (text.trim() === "") return;
    this.#settle = setTimeout(() => void this.#read(text), SETTLE_MS);
  }

  /** Takes the hit with this number, counted from 1; answers whether there was one. */
  pick(number: number): boolean {
    const hit = this.hits[number - 1];
    if (!hit) return false;
    this.chosen = { hit, code: this.reading?.code ?? null };
    this.undecided = false;
    return true;
  }

  /** A scan that means one customer chooses them; answers whether it was one. */
  async scanned(scan: Scan, codesOnly: boolean): Promise<boolean> {
    for (const text of [scan.byKey, scan.byPlace]) {
      const reading = await this.#read(text);
      if (!reading?.sure || (codesOnly && reading.code === null)) continue;
      this.refused = "";
      this.text = text;
      this.chosen = null;
      return this.pick(1);
    }
    this.reading = null;
    return false;
  }

  /** What is in the field when the form is sent: nobody, somebody, or a choice that is still open. */
  async settled(): Promise<Settled> {
    if (this.text.trim() === "" && this.chosen === null) return { status: "none" };
    if (this.chosen === null) {
      clearTimeout(this.#settle);
      const reading = await this.#read(this.text);
      if (reading?.sure) this.pick(1);
      else this.undecided = true;
    }
    const { chosen } = this;
    if (chosen === null) return { status: "open" };
    return { status: "chosen", input: { id: chosen.hit.id, code: chosen.code } };
  }

  async #read(text: string): Promise<PersonReading | null> {
    const turn = ++this.#turn;
    const answer = await this.#api.findPerson(text);
    const reading = answer.status === "ok" ? answer.data : null;
    if (turn === this.#turn) this.reading = reading;
    return reading;
  }
}
