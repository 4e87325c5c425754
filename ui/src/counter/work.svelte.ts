/** Which work the right pane shows; Esc goes one level back. */

export type Screen =
  | "codes"
  | "allow"
  | "amount"
  | "pay"
  | "receipt"
  | "today"
  | "leaderboard"
  | "sync"
  | "help"
  | "profile"
  | "history"
  | "merit"
  | "refund"
  | "void"
  | "referral"
  | "redeem"
  | "slip"
  | "merge"
  | "adjust";

export class Work {
  #path = $state.raw<readonly Screen[]>([]);
  readonly screen = $derived<Screen>(this.#path.at(-1) ?? "codes");

  /** Shows a screen on top of where the cashier is; a screen already on the way is gone back to. */
  open(screen: Screen): void {
    const at = this.#path.indexOf(screen);
    const below = at < 0 ? this.#path : this.#path.slice(0, at);
    this.#path = screen === "codes" ? [] : [...below, screen];
  }

  /** Puts a screen in the place of everything: there is no way back to what is done. */
  replace(screen: Screen): void {
    this.#path = screen === "codes" ? [] : [screen];
  }

  /** One level back; answers whether there was one. */
  back(): boolean {
    const moved = this.#path.length > 0;
    this.#path = this.#path.slice(0, -1);
    return moved;
  }
}
