/** Today's figures, fetched when they are looked at and when they went stale. */
import type { Api, TodayView, Trouble } from "../api/api";

type Figures =
  | { status: "none" }
  | { status: "shown"; view: TodayView }
  | { status: "failed"; trouble: Trouble };

export class Today {
  readonly #api: Api;
  figures = $state.raw<Figures>({ status: "none" });

  constructor(api: Api) {
    this.#api = api;
  }

  async fetch(): Promise<void> {
    const answer = await this.#api.today();
    this.figures =
      answer.status === "ok"
        ? { status: "shown", view: answer.data }
        : { status: "failed", trouble: answer.error };
  }
}
