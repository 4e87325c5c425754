/** The one box: reads while the cashier types, and knows what Enter and Alt+1..8 would take. */
import type { Api, BoxReading, CustomerHit, ProductHit, Trouble } from "../api/api";
import type { Scan } from "../keyboard/burst";
import type { Counter } from "./counter.svelte";

/** Long enough to skip signs of a quick hand, short enough to feel live, milliseconds. */
const SETTLE_MS = 60;
const MOST_PICKS = 8;

export type Mode = "any" | "customer" | "code";
export type Pick = { kind: "customer"; hit: CustomerHit } | { kind: "product"; hit: ProductHit };
type Reading =
  | { status: "idle" }
  | { status: "read"; of: string; saw: BoxReading }
  | { status: "failed"; of: string; trouble: Trouble };

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
  #settle: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(api: Api, counter: Counter) {
    this.#api = api;
    this.#counter = counter;
  }

  readonly open = $derived(this.text.trim() !== "" && this.mode !== "code");
  readonly saw = $derived(this.reading.status === "read" ? this.reading.saw : null);
  readonly picks = $derived(picksOf(this.saw, this.mode));
  /** Whether Enter may take the first pick by itself. */
  readonly sure = $derived(
    this.saw !== null && "sure" in this.saw && this.saw.sure && this.picks.length > 0,
  );

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
    if (this.mode === "code") return this.#apply(text);
    clearTimeout(this.#settle);
    if (this.reading.status === "idle" || this.reading.of !== this.text)
      await this.#read(this.text);
    return this.#takeReading();
  }

  /** Takes the pick with this number, counted from 1. */
  async pick(number: number): Promise<boolean> {
    const pick = this.picks[number - 1];
    return pick ? this.#take(pick) : false;
  }

  /** A scan: the reading of its keys, or of their places when that one makes sense instead. */
  async scanned(scan: Scan): Promise<boolean> {
    clearTimeout(this.#settle);
    this.mode = "any";
    const kept = this.text;
    await this.#read(scan.byKey);
    if (!this.#senseful() && scan.byPlace !== scan.byKey) {
      const first = this.reading;
      await this.#read(scan.byPlace);
      if (!this.#senseful()) this.reading = first;
    }
    const of = this.reading.status === "idle" ? scan.byKey : this.reading.of;
    this.text = of;
    const taken = await this.#takeReading();
    if (taken && kept !== of) this.typed(kept);
    return taken;
  }

  #senseful(): boolean {
    return (
      this.saw !== null && this.saw.saw !== "nothing" && (this.saw.saw !== "code" || this.saw.known)
    );
  }

  async #takeReading(): Promise<boolean> {
    if (this.reading.status === "failed") {
      this.#counter.complain(this.reading.trouble);
      return false;
    }
    const marked = this.marked === null ? undefined : this.picks[this.marked];
    const pick = marked ?? (this.sure ? this.picks[0] : undefined);
    if (pick) return this.#take(pick);
    if (this.saw?.saw === "code" && this.mode === "any") return this.#apply(this.saw.text);
    this.undecided = this.picks.length > 0;
    return false;
  }

  async #take(pick: Pick): Promise<boolean> {
    const { id } = pick.hit;
    const of = this.text;
    const taken = await this.#counter.act((api) =>
      pick.kind === "customer" ? api.setCustomer(id) : api.addProduct(id, "1"),
    );
    if (taken) this.#done(of);
    return taken;
  }

  async #apply(text: string): Promise<boolean> {
    const of = this.text;
    const applied = await this.#counter.act((api) => api.applyCode(text));
    if (applied) this.#done(of);
    return applied;
  }

  /** What was taken leaves the box; what a quick hand typed after it stays. */
  #done(of: string): void {
    this.mode = "any";
    this.typed(this.text.startsWith(of) ? this.text.slice(of.length) : this.text);
  }

  async #read(text: string): Promise<void> {
    const turn = ++this.#turn;
    const answer = await this.#api.readBox(text);
    // A reading of what the box held before is of no use any more.
    if (turn !== this.#turn) return;
    this.reading =
      answer.status === "ok"
        ? { status: "read", of: text, saw: answer.data }
        : { status: "failed", of: text, trouble: answer.error };
  }
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
