/** What is known of a customer: this till's own at once, every store's when the server answers. */
import type { Api, HistoryView, Trouble } from "../api/api";

type Standing =
  | { status: "none" }
  | { status: "shown"; view: HistoryView; server: "asked" | "answered" | "silent" }
  | { status: "failed"; trouble: Trouble };

export class History {
  readonly #api: Api;
  standing = $state.raw<Standing>({ status: "none" });
  #turn = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Shows what this till knows, and asks the server behind it. */
  async show(id: string): Promise<void> {
    const turn = ++this.#turn;
    const own = await this.#api.history(id);
    if (turn !== this.#turn) return;
    if (own.status === "error") {
      this.standing = { status: "failed", trouble: own.error };
      return;
    }
    this.standing = { status: "shown", view: own.data, server: "asked" };
    void this.#ask(turn, own.data);
  }

  /** The next page of the server's. */
  async more(): Promise<void> {
    const { standing } = this;
    if (standing.status !== "shown" || standing.view.next === null) return;
    const turn = ++this.#turn;
    const { view } = standing;
    const answer = await this.#api.historyOnline(view.customer_id, standing.view.next);
    if (turn !== this.#turn) return;
    if (answer.status === "error") this.standing = { ...standing, server: "silent" };
    else {
      const known = view.events.map(({ key }) => key);
      const fresh = answer.data.events.filter(({ key }) => !known.includes(key));
      const events = [...view.events, ...fresh];
      const whole = { ...view, events, next: answer.data.next };
      this.standing = { status: "shown", view: whole, server: "answered" };
    }
  }

  async #ask(turn: number, own: HistoryView): Promise<void> {
    const answer = await this.#api.historyOnline(own.customer_id, "");
    if (turn !== this.#turn) return;
    this.standing =
      answer.status === "ok"
        ? { status: "shown", view: answer.data, server: "answered" }
        : { status: "shown", view: own, server: "silent" };
  }
}
