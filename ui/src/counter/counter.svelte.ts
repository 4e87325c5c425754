/** The basket as Rust last showed it, and the actions that change it, one after the other. */
import type { Answer, Api, CounterView, Trouble } from "../api/api";

/** What the counter has to say about the last action. */
export type Said = { tone: "calm" | "trouble"; text: string; hint: string };

const silent: Said = { tone: "calm", text: "", hint: "" };

export class Counter {
  readonly #api: Api;
  view = $state.raw<CounterView | null>(null);
  said = $state.raw<Said>(silent);
  #queue: Promise<unknown> = Promise.resolve();

  constructor(api: Api) {
    this.#api = api;
  }

  readonly empty = $derived((this.view?.lines.length ?? 0) === 0);

  /** Runs an action after those before it; answers whether it was done. */
  act(action: (api: Api) => Promise<Answer<CounterView>>): Promise<boolean> {
    return this.#inTurn(async () => {
      const answer = await action(this.#api);
      if (answer.status === "error") this.complain(answer.error);
      else {
        this.view = answer.data;
        this.say(answer.data.said);
      }
      return answer.status === "ok";
    });
  }

  /** Fetches the counter again, without a word unless the till has something new to say. */
  refresh(): Promise<boolean> {
    return this.#inTurn(async () => {
      const answer = await this.#api.counter();
      if (answer.status === "error") this.complain(answer.error);
      else {
        if (answer.data.said !== (this.view?.said ?? "")) this.say(answer.data.said);
        this.view = answer.data;
      }
      return answer.status === "ok";
    });
  }

  complain(trouble: Trouble): void {
    this.said = { tone: "trouble", text: trouble.message, hint: trouble.hint };
  }

  say(text: string, tone: Said["tone"] = "calm"): void {
    this.said = { tone, text, hint: "" };
  }

  #inTurn(work: () => Promise<boolean>): Promise<boolean> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}
