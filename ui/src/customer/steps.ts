/** What each key does with customers beside selling to them. */
import type { CounterView } from "../api/api";
import type { Mode } from "../counter/box.svelte";
import type { Screen } from "../counter/work.svelte";
import type { Desk } from "../desk.svelte";
import type { Scan } from "../keyboard/burst";
import { t } from "../language/language.svelte";

/** How the desk moves. */
type Moves = {
  ask: (mode: Mode) => void;
  open: (screen: Screen) => void;
  history: () => Promise<void>;
};

export class Steps {
  readonly #desk: Desk;
  readonly #moves: Moves;

  constructor(desk: Desk, moves: Moves) {
    this.#desk = desk;
    this.#moves = moves;
  }

  /** Whether a field on the screen asks for another customer. */
  get asksPerson(): boolean {
    const { work, people, profile } = this.#desk;
    if (work.screen === "merge") return people.merge === null;
    return work.screen === "referral" || (work.screen === "profile" && profile.asksReferrer);
  }

  startReferral(): void {
    const { counter, people } = this.#desk;
    const customer = counter.view?.customer;
    if (!customer) return this.#moves.ask("customer");
    if (!customer.referral) return counter.say(t("ui.referral.none"), "trouble");
    people.finder.clear();
    this.#moves.open("referral");
  }

  async saveReferral(): Promise<void> {
    const { counter, people, work } = this.#desk;
    const id = counter.view?.customer?.id;
    if (work.screen !== "referral" || id === undefined) return;
    const settled = await people.finder.settled();
    if (settled.status !== "chosen") return;
    const registered = await people.register(id, settled.input);
    if (registered === null) return;
    await this.shown(registered);
    work.back();
    this.#desk.home();
  }

  /** Two records of one person: whoever is at the counter, and another, chosen already or not. */
  async startMerge(): Promise<void> {
    const { counter, people, profile, work } = this.#desk;
    const id = counter.view?.customer?.id;
    if (id === undefined) return this.#moves.ask("customer");
    const other = work.screen === "profile" ? profile.known?.customer.id : undefined;
    people.startMerge();
    if (other !== undefined) await people.compare(id, other);
    this.#moves.open("merge");
  }

  async startAdjustment(): Promise<void> {
    const { counter, people } = this.#desk;
    const id = counter.view?.customer?.id;
    if (id === undefined) return this.#moves.ask("customer");
    const trouble = await people.startAdjustment(id);
    if (trouble) return counter.complain(trouble);
    this.#moves.open("adjust");
  }

  /** What was filled in for a merge or an adjustment, or the PIN for it. */
  async confirm(): Promise<void> {
    const { box, counter, people, work } = this.#desk;
    const { screen } = work;
    const id = counter.view?.customer?.id;
    if (box.open || id === undefined) return;
    if (screen === "merge" && people.merge === null) {
      const chosen = await people.finder.settled();
      if (chosen.status === "chosen") await people.compare(id, chosen.input.id);
      this.#desk.entering += 1;
      return;
    }
    const done = await (screen === "merge" ? people.mergeNow() : people.adjustNow());
    if (done === null) return;
    await this.shown(done);
    work.back();
    if (work.screen === "history") await this.#moves.history();
    else work.replace("codes");
    this.#desk.home();
  }

  /** A scan on a screen that asks for another customer; answers whether it was somebody. */
  async scanned(scan: Scan): Promise<boolean> {
    if (!this.asksPerson) return false;
    const codesOnly = this.#desk.work.screen === "profile";
    const found = await this.#desk.people.finder.scanned(scan, codesOnly);
    // The field that had the focus may be gone with whoever was looked for.
    if (found) this.#desk.entering += 1;
    return found;
  }

  /** A referral code in the box, while a customer is here who can still say who brought them. */
  async broughtBy(): Promise<boolean> {
    const { box, counter, people } = this.#desk;
    const { saw } = box;
    const customer = counter.view?.customer;
    if (saw?.saw !== "referral" || !customer?.referral?.may_say) return false;
    const input = { id: saw.owner.id, code: saw.text };
    const registered = await people.register(customer.id, input);
    if (registered === null) counter.say(people.finder.refused, "trouble");
    else await this.shown(registered);
    box.typed("");
    this.#desk.home();
    return true;
  }

  /** What an action of another screen answered. */
  async shown(counter: CounterView): Promise<void> {
    await this.#desk.counter.act(() => Promise.resolve({ status: "ok", data: counter }));
  }
}
