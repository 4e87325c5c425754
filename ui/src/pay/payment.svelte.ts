/** The tenders as the cashier enters them; what they come to is Rust's to say. */
import type { Api, ReceiptView, TenderInput, TendersView, Trouble } from "../api/api";
import { parseMoney, typedMoney, type Currency } from "../money/money";

export const kinds = ["cash", "card", "transfer", "gift_card"] as const;
/** What a sale may have been paid with; points are reserved before, not entered here. */
export const tenders = [...kinds, "points"] as const;
export type Kind = (typeof kinds)[number];

/** The tenders with the one that is being entered, and what they come to. */
type Weighed = { entered: readonly TenderInput[]; preview: TendersView };

type Status =
  | { status: "entering" }
  | { status: "paying" }
  | { status: "unreadable"; why: "unreadable" | "too_large" }
  | { status: "refused"; trouble: Trouble };

export class Payment {
  readonly #api: Api;
  readonly #money: () => Currency;
  kind = $state<Kind>("cash");
  /** What was typed; empty stands for the whole rest or for nothing, see `takesRest`. */
  text = $state("");
  /** Tenders that did not suffice alone. */
  kept = $state.raw<readonly TenderInput[]>([]);
  /** With the tender that is being entered. */
  preview = $state.raw<TendersView | null>(null);
  /** Without it. */
  before = $state.raw<TendersView | null>(null);
  status = $state.raw<Status>({ status: "entering" });
  #turn = 0;
  /** Whether an empty field stands for all that is missing: not after a tender of the same kind. */
  readonly takesRest = $derived(this.kept.every(({ kind }) => kind !== this.kind));

  constructor(api: Api, money: () => Currency) {
    this.#api = api;
    this.#money = money;
  }

  choose(kind: Kind): void {
    this.kind = kind;
    void this.refresh();
  }

  typed(text: string): void {
    this.text = text;
    void this.refresh();
  }

  /** Enters an amount of the list, as if the customer had handed it over. */
  hand(minor: number): Promise<void> {
    this.kind = "cash";
    this.text = typedMoney(minor, this.#money());
    return this.refresh();
  }

  /** The basket is shown for payment. A note of it that fails keeps nobody from paying. */
  async reach(): Promise<void> {
    await this.#api.reachPayment();
    await this.refresh();
  }

  /** Asks again what the tenders come to. */
  async refresh(): Promise<void> {
    await this.#weighed();
  }

  /** Something else is due now; what was weighed for it already stays, with its word. */
  async follow(due: number): Promise<void> {
    if (this.preview?.total !== due) await this.refresh();
  }

  /** Goes on with what was noted before the program stopped. */
  resume(noted: readonly TenderInput[]): void {
    if (this.kept.length === 0) this.kept = noted;
  }

  /** Takes the last kept tender back. */
  takeBack(): void {
    this.kept = this.kept.slice(0, -1);
    void this.refresh();
  }

  /**
   * Pays, or keeps a tender that does not suffice and asks for the rest. Never pays another total than
   * the one that was on the screen.
   */
  async confirm(): Promise<ReceiptView | null> {
    if (this.status.status === "paying") return null;
    const seen = this.preview?.total;
    const weighed = await this.#weighed();
    if (!weighed) return null;
    if (weighed.preview.missing > 0) {
      this.kept = weighed.entered;
      this.text = "";
      await this.refresh();
      return null;
    }
    return this.#pay(weighed.entered, seen ?? weighed.preview.total);
  }

  clear(): void {
    this.kind = "cash";
    this.text = "";
    this.kept = [];
    this.#turn += 1;
    this.preview = null;
    this.before = null;
    this.status = { status: "entering" };
  }

  /** Weighs what is typed; none when it cannot be read or Rust says no. */
  async #weighed(): Promise<Weighed | null> {
    const turn = ++this.#turn;
    const parsed = parseMoney(this.text, this.#money());
    if (parsed.status === "unreadable" || parsed.status === "too_large") {
      this.status = { status: "unreadable", why: parsed.status };
      this.preview = this.before;
      return null;
    }
    const { kept, kind, takesRest } = this;
    const before = await this.#ask(kept, turn);
    if (!before) return null;
    const rest = takesRest ? before.missing : 0;
    const given = parsed.status === "amount" ? parsed.minor : rest;
    const entered = given > 0 ? [...kept, { kind, amount: given }] : kept;
    const preview = await this.#ask(entered, turn);
    if (!preview) return null;
    // Something newer is on its way to the screen.
    if (turn === this.#turn) {
      this.before = before;
      this.preview = preview;
      this.status = { status: "entering" };
    }
    return { entered, preview };
  }

  async #ask(tenders: readonly TenderInput[], turn: number): Promise<TendersView | null> {
    const answer = await this.#api.previewTenders([...tenders]);
    if (answer.status === "ok") return answer.data;
    if (turn === this.#turn) this.#refuse(answer.error);
    return null;
  }

  async #pay(tenders: readonly TenderInput[], seenDue: number): Promise<ReceiptView | null> {
    this.status = { status: "paying" };
    const answer = await this.#api.pay([...tenders], seenDue);
    if (answer.status === "ok") {
      this.clear();
      return answer.data;
    }
    this.#refuse(answer.error);
    return null;
  }

  #refuse(trouble: Trouble): void {
    this.status = { status: "refused", trouble };
  }
}
