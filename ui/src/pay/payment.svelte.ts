/** The tenders as the cashier enters them; what they come to is Rust's to say. */
import type { Api, ReceiptView, TenderInput, TendersView, Trouble } from "../api/api";
import { typedMoney, type Currency } from "../money/money";
import type { Kind } from "./called";

type Status =
  { status: "entering" } | { status: "paying" } | { status: "refused"; trouble: Trouble };

export class Payment {
  readonly #api: Api;
  readonly #money: () => Currency;
  kind = $state<Kind>("cash");
  /** What was typed; Rust reads it, and says what an empty field stands for. */
  text = $state("");
  /** Tenders that did not suffice alone. */
  kept = $state.raw<readonly TenderInput[]>([]);
  /** What it all comes to, with the tender that is being entered. */
  preview = $state.raw<TendersView | null>(null);
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
    if (!weighed || weighed.wrong !== "") return null;
    if (weighed.missing > 0) {
      this.kept = weighed.entered;
      this.text = "";
      await this.refresh();
      return null;
    }
    return this.#pay(weighed.entered, seen ?? weighed.total);
  }

  clear(): void {
    this.kind = "cash";
    this.text = "";
    this.kept = [];
    this.#turn += 1;
    this.preview = null;
    this.status = { status: "entering" };
  }

  /** Weighs what is typed, in one question; none when Rust says no. */
  async #weighed(): Promise<TendersView | null> {
    const turn = ++this.#turn;
    const { kind, text } = this;
    const answer = await this.#api.previewTenders([...this.kept], { kind, text });
    // Otherwise something newer is on its way to the screen.
    const isNewest = turn === this.#turn;
    if (answer.status === "error") {
      if (isNewest) this.#refuse(answer.error);
      return null;
    }
    if (isNewest) {
      this.preview = answer.data;
      this.status = { status: "entering" };
    }
    return answer.data;
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
