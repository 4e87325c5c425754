/** A refused code that a manager may let join: which one, and the PIN for it. */
import type { Api } from "../api/api";
import type { Counter } from "../counter/counter.svelte";
import { Approval } from "../undo/approval.svelte";

export class Allowing {
  readonly #api: Api;
  readonly #counter: Counter;
  readonly approval = new Approval();
  code = $state("");

  constructor(api: Api, counter: Counter) {
    this.#api = api;
    this.#counter = counter;
  }

  start(code: string): void {
    this.approval.leave();
    this.code = code;
    this.approval.ask();
  }

  /** Lets the code join; answers whether the PIN was good for it. */
  async now(): Promise<boolean> {
    const { code } = this;
    const counter = await this.approval.during((pin) => this.#api.allowCode(code, pin));
    if (counter === null) {
      this.approval.ask();
      return false;
    }
    return this.#counter.act(() => Promise.resolve({ status: "ok", data: counter }));
  }
}
