/** The last sale, about to be voided. */
import type { Api, ReceiptView, Trouble, VoidView } from "../api/api";
import { Approval } from "./approval.svelte";

type Standing =
  { status: "none" } | { status: "shown"; view: VoidView } | { status: "failed"; trouble: Trouble };

export class Voiding {
  readonly #api: Api;
  standing = $state.raw<Standing>({ status: "none" });
  reason = $state("");
  note = $state("");
  readonly approval = new Approval();

  constructor(api: Api) {
    this.#api = api;
  }

  readonly view = $derived(this.standing.status === "shown" ? this.standing.view : null);

  async open(): Promise<void> {
    this.reason = this.note = "";
    this.approval.leave();
    const answer = await this.#api.offerVoid();
    this.standing =
      answer.status === "ok"
        ? { status: "shown", view: answer.data }
        : { status: "failed", trouble: answer.error };
  }

  readonly because = (reason: string, note: string): void => {
    this.reason = reason;
    this.note = note;
    this.approval.trouble = null;
  };

  /** Voids it, or asks for the manager's PIN first. */
  async confirm(): Promise<ReceiptView | null> {
    const { view, approval, reason, note } = this;
    if (!view || view.refusal !== "" || approval.busy) return null;
    if (approval.asked && !approval.ask()) return null;
    const input = { sale_id: view.sale.id, reason, note };
    // Nobody fetches a manager for what is refused anyway: the first time goes without a PIN.
    const receipt = await approval.during((pin) => this.#api.voidSale(input, pin));
    if (approval.trouble?.code === "approval_needed") approval.trouble = null;
    if (receipt) this.standing = { status: "none" };
    return receipt;
  }
}
