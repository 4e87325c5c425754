/** A sale of which something comes back: what is chosen is kept here, what follows is Rust's to say. */
import type { Api, ReceiptView, RefundInput, RefundView, Trouble } from "../api/api";
import { Approval } from "./approval.svelte";

/** What the server has said of the sale on the screen: it knows what other tills gave back. */
type Server = "unasked" | "asked" | "answered" | "silent";
type Standing =
  | { status: "none" }
  | { status: "looking"; number: string }
  | { status: "shown"; view: RefundView; server: Server }
  | { status: "failed"; trouble: Trouble };

export class Refund {
  readonly #api: Api;
  standing = $state.raw<Standing>({ status: "none" });
  /** Of each line how many come back, as typed. */
  lines = $state<string[]>([]);
  kind = $state("");
  reason = $state("");
  note = $state("");
  readonly approval = new Approval();
  #turn = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  /** The first line of which something can come back. */
  readonly first = $derived(
    this.standing.status === "shown"
      ? this.standing.view.lines.findIndex(({ left }) => left !== "0")
      : -1,
  );
  readonly view = $derived(this.standing.status === "shown" ? this.standing.view : null);
  /** Why the money cannot go back yet; empty: it can. */
  readonly blocked = $derived.by(() => {
    const { standing } = this;
    if (standing.status !== "shown") return "looking" as const;
    if (standing.view.refusal !== "") return "refused" as const;
    if (standing.server === "asked") return "asked" as const;
    return standing.view.missing === "" ? null : ("missing" as const);
  });

  /** Shows a sale by its number: this till's own at once, with the server asked behind it. */
  async open(number: string): Promise<void> {
    const turn = ++this.#turn;
    this.#clear();
    const own = await this.#api.findSale(number);
    if (turn !== this.#turn) return;
    if (own.status === "ok") {
      const server = own.data.can_ask ? "asked" : "unasked";
      this.#show(own.data, server);
      if (own.data.can_ask) void this.#ask(turn, own.data.sale.id);
      return;
    }
    if (own.error.code !== "unknown_sale") {
      this.standing = { status: "failed", trouble: own.error };
      return;
    }
    this.standing = { status: "looking", number };
    void this.#ask(turn, number);
  }

  /** All that is left of a line, or none of it when that is chosen already. */
  toggle(index: number): void {
    const left = this.view?.lines[index]?.left;
    if (left === undefined || left === "0") return;
    this.typed(index, this.lines[index] === left ? "" : left);
  }

  /** Everything that is left, or nothing when that is chosen already. */
  toggleAll(): void {
    const left = (this.view?.lines ?? []).map((line) => (line.left === "0" ? "" : line.left));
    const isAll = left.every((text, index) => this.lines[index] === text);
    this.lines = isAll ? left.map(() => "") : left;
    void this.refresh();
  }

  typed(index: number, text: string): void {
    this.lines[index] = text;
    void this.refresh();
  }

  readonly choose = (kind: string): void => {
    this.kind = kind;
    void this.refresh();
  };

  readonly because = (reason: string, note: string): void => {
    this.reason = reason;
    this.note = note;
    void this.refresh();
  };

  /** Asks again what follows from what is chosen. */
  async refresh(): Promise<void> {
    const { standing } = this;
    if (standing.status !== "shown") return;
    this.approval.leave();
    const turn = ++this.#turn;
    const answer = await this.#api.previewRefund(this.#input());
    const now = this.standing;
    if (turn !== this.#turn || now.status !== "shown") return;
    if (answer.status === "ok") this.#show(answer.data, now.server);
    else this.approval.refuse(answer.error);
  }

  /** Gives the money back, or asks for the manager's PIN first. */
  async confirm(): Promise<ReceiptView | null> {
    const { view, approval } = this;
    if (!view || this.blocked !== null || approval.busy) return null;
    if (view.approval !== "" && !approval.ask()) return null;
    const input = this.#input();
    const receipt = await approval.during((pin) => this.#api.refund(input, pin));
    if (receipt) this.#forget();
    else if (!approval.asked) await this.#again();
    return receipt;
  }

  #input(): RefundInput {
    const { lines, kind, reason, note } = this;
    const seen = this.view?.value ?? 0;
    return { lines: [...lines], tender: kind, reason, note, seen };
  }

  /** What was refused may rest on figures that have changed; the sentence stays. */
  async #again(): Promise<void> {
    const { trouble } = this.approval;
    await this.refresh();
    if (trouble) this.approval.refuse(trouble);
  }

  async #ask(turn: number, number: string): Promise<void> {
    const answer = await this.#api.findSaleOnline(number);
    // Keys that were struck meanwhile have asked for figures; another sale has not been opened.
    const { standing } = this;
    const same = standing.status === "shown" && standing.view.sale.id === number;
    if (!same && (turn !== this.#turn || standing.status !== "looking")) return;
    if (answer.status === "ok") {
      this.#show(answer.data, "answered");
      if (same) await this.refresh();
    } else if (same) this.standing = { ...standing, server: "silent" };
    else this.standing = { status: "failed", trouble: answer.error };
  }

  #show(view: RefundView, server: Server): void {
    this.standing = { status: "shown", view, server };
    this.kind = view.kind;
    this.lines = view.lines.map((_, index) => this.lines[index] ?? "");
  }

  #forget(): void {
    this.#turn += 1;
    this.#clear();
  }

  #clear(): void {
    this.standing = { status: "none" };
    this.lines = [];
    this.kind = this.reason = this.note = "";
    this.approval.leave();
  }
}
