/** The tenders as the cashier enters them; what they come to is Rust's to say. */
import type { Api, ReceiptView, TenderInput, TendersView, Trouble } from "../api/api";
import { parseMoney, typedMoney, type Currency } from "../money/money";

export const kinds = ["cash", "card", "transfer"] as const;
export type Kind = (typeof kinds)[number];

type Status =
  | { status: "entering" }
  | { status: "paying" }
  | { status: "unreadable"; why: "unreadable" | "too_large" }
  | { status: "refused"; trouble: Trouble };

export class Payment {
  readonly #api: Api;
  readonly #money: () => Currency;
  kind = $state<Kind>("cash");
  /** What was typed; empty means: just what is missing. */
  text = $state("");
  /** Tenders that did not suffice alone. */
  kept = $state.raw<readonly TenderInput[]>([]);
  /** With the tender that is being entered. */
  preview = $state.raw<TendersView | null>(null);
  /** Without it. */
  before = $state.raw<TendersView | null>(null);
  status = $state.raw<Status>({ status: "entering" });
  #turn = 0;

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

  /** Asks again what the tenders come to; also when the basket has changed. */
  async refresh(): Promise<void> {
    const parsed = parseMoney(this.text, this.#money());
    if (parsed.status === "unreadable" || parsed.status === "too_large") {
      this.#turn += 1;
      this.status = { status: "unreadable", why: parsed.status };
      this.preview = this.before;
      return;
    }
    await this.#weigh(parsed.status === "amount" ? parsed.minor : null);
  }

  /** Takes the last kept tender back. */
  takeBack(): void {
    this.kept = this.kept.slice(0, -1);
    void this.refresh();
  }

  /** Pays, or keeps a tender that does not suffice and asks for the rest. */
  async confirm(): Promise<ReceiptView | null> {
    if (this.status.status === "paying") return null;
    await this.refresh();
    if (this.status.status === "unreadable" || !this.preview) return null;
    if (this.preview.missing > 0) {
      this.kept = this.#entered;
      this.text = "";
      await this.refresh();
      return null;
    }
    return this.#pay(this.#entered, this.preview.total);
  }

  clear(): void {
    this.kind = "cash";
    this.text = "";
    this.kept = [];
    this.#entered = [];
    this.preview = null;
    this.before = null;
    this.status = { status: "entering" };
  }

  #entered: readonly TenderInput[] = [];

  async #weigh(amount: number | null): Promise<void> {
    const turn = ++this.#turn;
    const before = await this.#api.previewTenders([...this.kept]);
    if (turn !== this.#turn) return;
    if (before.status === "error") return this.#refuse(before.error);
    const exact = before.data.missing;
    const given = amount ?? exact;
    const entered = given > 0 ? [...this.kept, { kind: this.kind, amount: given }] : this.kept;
    const preview = await this.#api.previewTenders([...entered]);
    if (turn !== this.#turn) return;
    if (preview.status === "error") return this.#refuse(preview.error);
    this.#entered = entered;
    this.before = before.data;
    this.preview = preview.data;
    this.status = { status: "entering" };
  }

  async #pay(tenders: readonly TenderInput[], seenTotal: number): Promise<ReceiptView | null> {
    this.status = { status: "paying" };
    const answer = await this.#api.pay([...tenders], seenTotal);
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
