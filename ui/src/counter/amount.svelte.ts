/** A line with an amount of its own: what is typed stays until it is added. */
import { parseMoney, type Currency, type Parsed } from "../money/money";
import type { Counter } from "./counter.svelte";

export class Amount {
  readonly #counter: Counter;
  readonly #money: () => Currency;
  text = $state("");
  name = $state("");
  /** Why it cannot be added as it is. */
  wrong = $state<Exclude<Parsed["status"], "amount"> | "zero" | null>(null);

  constructor(counter: Counter, money: () => Currency) {
    this.#counter = counter;
    this.#money = money;
  }

  async add(): Promise<boolean> {
    const parsed = parseMoney(this.text, this.#money());
    if (parsed.status !== "amount") {
      this.wrong = parsed.status;
      return false;
    }
    if (parsed.minor === 0) {
      this.wrong = "zero";
      return false;
    }
    this.wrong = null;
    const added = await this.#counter.act((api) => api.addAmount(parsed.minor, this.name.trim()));
    if (added) this.text = this.name = "";
    return added;
  }
}
