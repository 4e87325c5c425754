/** A line with an amount of its own: what is typed stays until it is added. Rust reads it. */
import type { Counter } from "./counter.svelte";

export class Amount {
  readonly #counter: Counter;
  text = $state("");
  name = $state("");
  /** Why it cannot be added as it is; empty: it can. */
  wrong = $state("");

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  /** Opened again: what could not be read is not there any more. */
  open(): void {
    if (this.wrong !== "") this.text = this.name = this.wrong = "";
  }

  async add(): Promise<boolean> {
    let wrong = "";
    const added = await this.#counter.act(async (api) => {
      const answer = await api.addAmount(this.text, this.name.trim());
      if (answer.status === "error") wrong = `${answer.error.message} ${answer.error.hint}`;
      return answer;
    });
    this.wrong = wrong;
    if (added) this.text = this.name = "";
    return added;
  }
}
