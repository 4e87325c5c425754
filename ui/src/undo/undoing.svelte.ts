/** What the keys of undoing do: steps of the basket, refunds, the last sale. */
import type { Api } from "../api/api";
import type { Box } from "../counter/box.svelte";
import type { Counter } from "../counter/counter.svelte";
import type { Screen, Work } from "../counter/work.svelte";
import type { Receipt } from "../receipt/receipt.svelte";
import { Refund } from "./refund.svelte";
import { Voiding } from "./voiding.svelte";

/** Ctrl and this number name the first reason. */
export const FIRST_REASON = 4;

/** What of the desk it needs. */
type Around = {
  counter: Counter;
  box: Box;
  work: Work;
  receipt: Receipt;
  open: (screen: Screen) => void;
  /** The focus goes to the first field of the screen. */
  enter: () => void;
  home: () => void;
  refetch: () => Promise<void>;
};

export class Undoing {
  readonly #around: Around;
  readonly refund: Refund;
  readonly voiding: Voiding;

  constructor(api: Api, around: Around) {
    this.#around = around;
    this.refund = new Refund(api);
    this.voiding = new Voiding(api);
  }

  /** The last step of the basket; where there is none, the last sale. */
  async undo(): Promise<void> {
    const { counter, home, open } = this.#around;
    if (counter.view?.can_undo) await counter.act((api) => api.undoStep());
    else {
      await this.voiding.open();
      open("void");
    }
    home();
  }

  /** The sale on the screen, or whichever the cashier scans or chooses. */
  async start(): Promise<void> {
    const { work, receipt, open, home } = this.#around;
    const { shown } = receipt;
    if (work.screen === "receipt" && shown?.kind === "sale") return this.show(shown.receipt);
    const { view } = this.voiding;
    if (work.screen === "void" && view) return this.show(view.sale.receipt);
    open("refund");
    if (!this.refund.view) home();
  }

  /** The sale with this number, to give something of it back. */
  async show(number: string): Promise<void> {
    const { box, open, enter } = this.#around;
    box.typed("");
    const shown = this.refund.open(number);
    open("refund");
    await shown;
    enter();
  }

  /** A receipt's number in the box is a sale to give back from; answers whether it was one. */
  async sawReceipt(): Promise<boolean> {
    const { saw } = this.#around.box;
    if (saw?.saw !== "receipt") return false;
    await this.show(saw.number);
    return true;
  }

  /** Gives back or voids what is on the screen; asks for the PIN first where one is needed. */
  async confirm(): Promise<void> {
    const { counter, receipt, work, home, refetch } = this.#around;
    const undoing = this.#shown;
    const done = await undoing?.confirm();
    if (!done) return;
    counter.say("");
    receipt.show(done);
    work.replace("receipt");
    home();
    await refetch();
  }

  /** Ctrl and a number: the means of payment first, then the reasons. */
  numbered(number: number): void {
    const undoing = this.#shown;
    if (!undoing) return;
    const kind = number < FIRST_REASON ? this.refund.view?.kinds[number - 1] : undefined;
    if (kind !== undefined && undoing === this.refund) this.refund.choose(kind);
    const slug = undoing.view?.reasons[number - FIRST_REASON]?.slug;
    if (slug !== undefined) undoing.because(slug, undoing.note);
  }

  /** Alt and a number: a line of the sale, 0 for all; answers whether it was for here. */
  picked(number: number): boolean {
    if (this.#shown !== this.refund) return false;
    if (number === 0) this.refund.toggleAll();
    else this.refund.toggle(number - 1);
    return true;
  }

  /** From the manager's PIN back to what it was asked for; answers whether it was being asked for. */
  leaveApproval(): boolean {
    return this.#shown?.approval.leave() ?? false;
  }

  /** What is on the screen and not covered by what the box has found. */
  get #shown(): Refund | Voiding | null {
    const { box, work } = this.#around;
    if (box.open) return null;
    if (work.screen === "refund") return this.refund;
    return work.screen === "void" ? this.voiding : null;
  }
}
