/** The receipt on the screen: of the sale just paid, or of one looked up. */
import type { Api, ReceiptView } from "../api/api";
import type { Counter } from "../counter/counter.svelte";

export class Receipt {
  readonly #api: Api;
  readonly #counter: Counter;
  shown = $state.raw<ReceiptView | null>(null);

  constructor(api: Api, counter: Counter) {
    this.#api = api;
    this.#counter = counter;
  }

  show(receipt: ReceiptView): void {
    this.shown = receipt;
  }

  /** Looks a sale of this till up; answers whether it was found. */
  async find(saleId: string): Promise<boolean> {
    const answer = await this.#api.receipt(saleId);
    if (answer.status === "ok") this.shown = answer.data;
    else this.#counter.complain(answer.error);
    return answer.status === "ok";
  }
}
