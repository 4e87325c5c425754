/** What is done with customers beside selling to them: referrals, merges, points by hand. */
import type {
  AdjustmentForm,
  AdjustmentInput,
  Api,
  CounterView,
  MergeView,
  ReferrerInput,
  Trouble,
} from "../api/api";
import { Approval } from "../undo/approval.svelte";
import { Finder } from "./finder.svelte";

const nothing: AdjustmentInput = {
  customer_id: "",
  takes: false,
  points: "",
  reason: "",
  note: "",
};

export class People {
  readonly #api: Api;
  readonly finder: Finder;
  /** A manager's PIN for a merge or an adjustment. */
  readonly approval = new Approval();
  /** Two records side by side; null until the other one is chosen. */
  merge = $state.raw<MergeView | null>(null);
  adjustment = $state.raw<AdjustmentForm | null>(null);
  input = $state<AdjustmentInput>({ ...nothing });

  constructor(api: Api) {
    this.#api = api;
    this.finder = new Finder(api);
  }

  /** Records who brought the customer; the counter that says so, or null when it is not done. */
  async register(customer: string, input: ReferrerInput): Promise<CounterView | null> {
    const answer = await this.#api.registerReferral(customer, input);
    if (answer.status === "error") this.finder.refused = said(answer.error);
    else if (answer.data.outcome === "refused") this.finder.refused = answer.data.sentence;
    else {
      this.finder.clear();
      return answer.data.counter;
    }
    return null;
  }

  startMerge(): void {
    this.approval.leave();
    this.finder.clear();
    this.merge = null;
  }

  /** Shows the two records, the first staying. */
  async compare(survivor: string, absorbed: string): Promise<void> {
    this.approval.leave();
    const answer = await this.#api.previewMerge(survivor, absorbed);
    if (answer.status === "ok") this.merge = answer.data;
    else this.finder.refused = said(answer.error);
  }

  /** Lets the other record stay. */
  async swap(): Promise<void> {
    const { merge } = this;
    if (merge) await this.compare(merge.absorbed_id, merge.survivor_id);
  }

  /** The counter with the one customer, or null when something has to be done first. */
  async mergeNow(): Promise<CounterView | null> {
    const { merge } = this;
    if (!merge || merge.refusal !== "" || !this.approval.ask()) return null;
    const saved = await this.approval.during((pin) =>
      this.#api.mergeCustomers(merge.survivor_id, merge.absorbed_id, pin),
    );
    if (saved?.outcome === "merged") return saved.counter;
    if (saved) this.approval.refuse(trouble(saved.refusal, saved.sentence));
    return null;
  }

  async startAdjustment(customer: string): Promise<Trouble | null> {
    this.approval.leave();
    this.input = { ...nothing, customer_id: customer };
    const answer = await this.#api.adjustment(customer);
    this.adjustment = answer.status === "ok" ? answer.data : null;
    return answer.status === "error" ? answer.error : null;
  }

  /** The counter with the customer's points, or null when something has to be done first. */
  async adjustNow(): Promise<CounterView | null> {
    const input = $state.snapshot(this.input);
    // Nobody fetches a manager for what is refused anyway.
    if (!this.approval.asked) return this.#checkFirst(input);
    if (!this.approval.ask()) return null;
    const saved = await this.approval.during((pin) => this.#api.adjustPoints(input, pin));
    if (saved?.outcome === "adjusted") return saved.counter;
    if (saved) this.approval.refuse(trouble(saved.refusal, saved.sentence));
    return null;
  }

  async #checkFirst(input: AdjustmentInput): Promise<null> {
    const answer = await this.#api.adjustPoints(input, "");
    if (answer.status === "error" && answer.error.code === "approval_needed") {
      this.approval.leave();
      this.approval.ask();
    } else if (answer.status === "error") this.approval.refuse(answer.error);
    else if (answer.data.outcome === "refused")
      this.approval.refuse(trouble(answer.data.refusal, answer.data.sentence));
    return null;
  }

  /** Gives points or takes them. */
  turn(takes: boolean): void {
    this.input.takes = takes;
    this.approval.trouble = null;
  }

  /** A minus before the points takes them. What was wrong before is being corrected. */
  typedPoints(text: string): void {
    this.approval.trouble = null;
    if (/^\s*[-−]/.test(text)) this.input.takes = true;
    if (/^\s*\+/.test(text)) this.input.takes = false;
    this.input.points = text.replace(/^\s*[-−+]/, "");
  }

  readonly because = (reason: string, note: string): void => {
    this.input.reason = reason;
    this.input.note = note;
    this.approval.trouble = null;
  };

  chooseReason(number: number): void {
    const reason = this.adjustment?.reasons[number - 1];
    if (reason) this.because(reason.slug, this.input.note);
  }
}

function trouble(code: string, message: string): Trouble {
  return { code, message, hint: "", wait_s: null };
}

function said(trouble: Trouble): string {
  return `${trouble.message} ${trouble.hint}`;
}
