/** Who earned most at this till, fetched when it is looked at. */
import type { Api, BoardPeriod, LeaderboardView, Trouble } from "../api/api";

type Standing =
  | { status: "none" }
  | { status: "shown"; view: LeaderboardView }
  | { status: "failed"; trouble: Trouble };

/** In the order of their numbers on the screen. */
export const periods: readonly BoardPeriod[] = ["week", "month", "year"];

export class Board {
  readonly #api: Api;
  standing = $state.raw<Standing>({ status: "none" });
  #period: BoardPeriod = "month";

  constructor(api: Api) {
    this.#api = api;
  }

  async fetch(period: BoardPeriod = this.#period): Promise<void> {
    this.#period = period;
    const answer = await this.#api.leaderboard(period);
    // Another period has been asked for meanwhile.
    if (period !== this.#period) return;
    this.standing =
      answer.status === "ok"
        ? { status: "shown", view: answer.data }
        : { status: "failed", trouble: answer.error };
  }

  /** The period with this number. */
  async pick(number: number): Promise<void> {
    const period = periods[number - 1];
    if (period) await this.fetch(period);
  }
}
