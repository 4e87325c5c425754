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
    const done = this.#queue.then(async () => {
      const answer = await action(this.#api);
      if (answer.status === "error") this.complain(answer.error);
      else this.show(answer.data);
      return answer.status === "ok";
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /** Fetches the counter again without a word about it. */
  refresh(): Promise<boolean> {
    return this.act(async (api) => {
      const answer = await api.counter();
      if (answer.status === "error") return answer;
      return { status: "ok", data: { ...answer.data, said: this.view ? this.said.text : "" } };
    });
  }

  show(view: CounterView): void {
    this.view = view;
    this.said = { tone: "calm", text: view.said, hint: "" };
  }

  complain(trouble: Trouble): void {
    this.said = { tone: "trouble", text: trouble.message, hint: trouble.hint };
  }

  say(text: string, tone: Said["tone"] = "calm"): void {
    this.said = { tone, text, hint: "" };
  }
}
