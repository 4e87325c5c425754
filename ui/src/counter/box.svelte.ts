/** The one box: reads while the cashier types, and knows what Enter and Alt+1..8 would take. */
import type { Api, BoxReading, CustomerHit, ProductHit, Trouble } from "../api/api";
import type { Scan } from "../keyboard/burst";
import type { Counter } from "./counter.svelte";

/** Long enough to skip signs of a quick hand, short enough to feel live, milliseconds. */
const SETTLE_MS = 60;
const MOST_PICKS = 8;

export type Mode = "any" | "customer" | "code";
export type Pick = { kind: "customer"; hit: CustomerHit } | { kind: "product"; hit: ProductHit };
type Read =
  | { status: "read"; of: string; saw: BoxReading }
  | { status: "failed"; of: string; trouble: Trouble };
type Reading = { status: "idle" } | Read;

export class Box {
  readonly #api: Api;
  readonly #counter: Counter;
  text = $state("");
  mode = $state<Mode>("any");
  reading = $state.raw<Reading>({ status: "idle" });
  /** The pick that the arrow keys stand on. */
  marked = $state<number | null>(null);
  /** Enter found more than one answer and took none. */
  undecided = $state(false);
  /** The text that led to nothing last: what comes next replaces it. New each time. */
  spent = $state.raw<{ text: string } | null>(null);
  #settle: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(api: Api, counter: Counter) {
    this.#api = api;
    this.#counter = counter;
  }

  readonly open = $derived(this.text.trim() !== "" && this.mode !== "code");
  readonly saw = $derived(sawIn(this.reading));
  readonly picks = $derived(picksOf(this.saw, this.mode));
  /** Whether Enter may take the first pick by itself. */
  readonly sure = $derived(isSure(this.saw) && this.picks.length > 0);

  /** The cashier typed; the reading follows when the hand rests. */
  typed(text: string): void {
    this.text = text;
    this.marked = null;
    this.undecided = false;
    clearTimeout(this.#settle);
    this.#turn += 1;
    if (text.trim() === "") this.reading = { status: "idle" };
    else if (this.mode !== "code")
      this.#settle = setTimeout(() => void this.#read(text), SETTLE_MS);
  }

  ask(mode: Mode): void {
    this.mode = mode;
    if (this.text !== "") this.typed(this.text);
  }

  /** Empties the box, else leaves its mode; answers whether there was anything to leave. */
  back(): boolean {
    const level = this.text !== "" ? "text" : this.mode !== "any" ? "mode" : "none";
    if (level === "text") this.typed("");
    if (level === "mode") this.mode = "any";
    return level !== "none";
  }

  mark(step: 1 | -1): void {
    const count = this.picks.length;
    if (count === 0) return;
    this.marked =
      this.marked === null ? (step > 0 ? 0 : count - 1) : (this.marked + step + count) % count;
  }

  /** Enter: a marked pick, a sure hit, or a code; else asks the cashier to choose. */
  async enter(): Promise<boolean> {
    const text = this.text.trim();
    if (text === "") return false;
    if (this.mode === "code") return this.#apply(text, this.text);
    clearTimeout(this.#settle);
    const { reading } = this;
    const known = reading.status !== "idle" && reading.of === this.text;
    return this.#takeReading(known ? reading : await this.#read(this.text));
  }

  /** Takes the pick with this number, counted from 1. */
  async pick(number: number): Promise<boolean> {
    const pick = this.picks[number - 1];
    return pick ? this.#take(pick, this.text) : false;
  }

  /** A scan: the reading of its keys, or of their places when that one makes sense instead. */
  async scanned(scan: Scan): Promise<boolean> {
    clearTimeout(this.#settle);
    this.mode = "any";
    // The mark stood on a hit of what was typed before.
    this.marked = null;
    this.undecided = false;
    const kept = this.text === this.spent?.text ? "" : this.text;
    // Empty while it is taken: the next scan takes what it finds here for a hand's.
    this.text = "";
    const byKey = await this.#read(scan.byKey);
    const byPlace =
      isSenseful(byKey) || scan.byPlace === scan.byKey ? byKey : await this.#read(scan.byPlace);
    const reading = isSenseful(byPlace) ? byPlace : byKey;
    const taken = await this.#takeReading(reading);
    if (taken) this.typed(kept === reading.of ? this.text : kept + this.text);
    else if (this.text === "") this.#stay(reading);
    return taken;
  }

  /** A scan that took nothing is shown, to be read or chosen from. */
  #stay(reading: Read): void {
    this.reading = reading;
    this.text = reading.of;
    if (!this.undecided) this.spent = { text: reading.of };
  }

  /** Takes what this reading means, whatever has been typed since. */
  async #takeReading(reading: Read): Promise<boolean> {
    if (reading.status === "failed") {
      this.#counter.complain(reading.trouble);
      this.#spend(reading.of);
      return false;
    }
    const { saw, of } = reading;
    const picks = picksOf(saw, this.mode);
    const marked = this.marked === null ? undefined : picks[this.marked];
    const pick = marked ?? (isSure(saw) ? picks[0] : undefined);
    if (pick) return this.#take(pick, of);
    if (saw.saw === "code" && this.mode === "any") return this.#apply(saw.text, of);
    this.undecided = picks.length > 0;
    if (!this.undecided) this.#spend(of);
    return false;
  }

  async #take(pick: Pick, of: string): Promise<boolean> {
    const { id } = pick.hit;
    const taken = await this.#counter.act((api) =>
      pick.kind === "customer" ? api.setCustomer(id) : api.addProduct(id, "1"),
    );
    if (taken) this.#done(of);
    else this.#spend(of);
    return taken;
  }

  async #apply(text: string, of: string): Promise<boolean> {
    const applied = await this.#counter.act((api) => api.applyCode(text));
    if (applied) this.#done(of);
    else this.#spend(of);
    return applied;
  }

  /** What was taken leaves the box; what a quick hand typed after it stays. */
  #done(of: string): void {
    this.mode = "any";
    this.typed(this.text.startsWith(of) ? this.text.slice(of.length) : this.text);
  }

  /** What led to nothing stays to be read; what a quick hand typed after it has replaced it already. */
  #spend(of: string): void {
    if (this.text === of) this.spent = { text: of };
    else if (this.text.startsWith(of)) this.typed(this.text.slice(of.length));
  }

  async #read(text: string): Promise<Read> {
    const turn = ++this.#turn;
    const answer = await this.#api.readBox(text);
    const reading: Read =
      answer.status === "ok"
        ? { status: "read", of: text, saw: answer.data }
        : { status: "failed", of: text, trouble: answer.error };
    // A reading of what the box held before is not shown any more.
    if (turn === this.#turn) this.reading = reading;
    return reading;
  }
}

function sawIn(reading: Reading): BoxReading | null {
  return reading.status === "read" ? reading.saw : null;
}

function isSure(saw: BoxReading | null): boolean {
  return saw !== null && "sure" in saw && saw.sure;
}

function isSenseful(reading: Read): boolean {
  const saw = sawIn(reading);
  return saw !== null && saw.saw !== "nothing" && (saw.saw !== "code" || saw.known);
}

function picksOf(saw: BoxReading | null, mode: Mode): readonly Pick[] {
  const customers = (hits: CustomerHit[]): Pick[] => hits.map((hit) => ({ kind: "customer", hit }));
  const products = (hits: ProductHit[]): Pick[] =>
    mode === "customer" ? [] : hits.map((hit) => ({ kind: "product", hit }));
  if (saw?.saw === "customers") return customers(saw.hits).slice(0, MOST_PICKS);
  if (saw?.saw === "products") return products(saw.hits).slice(0, MOST_PICKS);
  if (saw?.saw === "mixed")
    return [...customers(saw.customers), ...products(saw.products)].slice(0, MOST_PICKS);
  return [];
}
