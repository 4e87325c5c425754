/** What the customer's points can do, the points that are being typed, and the coupon made last. */
import type { Api, PointsPreview, RedeemView, SlipView, Trouble } from "../api/api";
import type { Counter } from "../counter/counter.svelte";

type Shown =
  | { status: "loading" }
  | { status: "shown"; view: RedeemView }
  | { status: "failed"; trouble: Trouble };
type Weighed =
  | { status: "none" }
  | { status: "weighed"; preview: PointsPreview }
  | { status: "unreadable"; trouble: Trouble };

export class Redeem {
  readonly #api: Api;
  readonly #counter: Counter;
  shown = $state.raw<Shown>({ status: "loading" });
  /** What was typed; empty stands for the most that can be used. */
  text = $state("");
  weighed = $state.raw<Weighed>({ status: "none" });
  slip = $state.raw<SlipView | null>(null);
  #turn = 0;

  constructor(api: Api, counter: Counter) {
    this.#api = api;
    this.#counter = counter;
  }

  readonly view = $derived(this.shown.status === "shown" ? this.shown.view : null);

  /** Begins with an empty field. */
  async open(): Promise<void> {
    this.text = "";
    await this.fetch();
  }

  /** Asks again what can be done: the basket or the balance has changed. */
  async fetch(): Promise<void> {
    const answer = await this.#api.redeemView();
    this.shown =
      answer.status === "ok"
        ? { status: "shown", view: answer.data }
        : { status: "failed", trouble: answer.error };
    await this.#weigh();
  }

  typed(text: string): void {
    this.text = text;
    void this.#weigh();
  }

  /** Reserves what is typed; answers whether it was. */
  async confirm(): Promise<boolean> {
    await this.#weigh();
    if (this.weighed.status !== "weighed" || this.weighed.preview.refusal !== "") {
      // Zero is no redemption: it gives up the one that is there.
      if (this.text.trim() !== "0") return false;
    }
    const done = await this.#counter.act((api) => api.redeemPoints(this.text));
    if (done) this.text = "";
    return done;
  }

  giveUp(): Promise<boolean> {
    this.text = "";
    return this.#counter.act((api) => api.redeemPoints("0"));
  }

  /** Uses the reward or coupon with this number of the screen on the open basket. */
  async use(number: number): Promise<boolean> {
    const { view } = this;
    if (!view) return false;
    const reward = view.rewards[number - 1];
    if (reward) {
      if (reward.refusal !== "" || reward.not_now !== "") return false;
      return this.#counter.act((api) => api.applyReward(reward.slug));
    }
    const coupon = view.coupons[number - 1 - view.rewards.length];
    if (!coupon || coupon.on_basket) return false;
    return this.#counter.act((api) => api.applyCode(coupon.code));
  }

  /** Makes a coupon of the reward with this number, or shows the coupon with it; answers whether. */
  async print(number: number): Promise<boolean> {
    const { view } = this;
    if (!view) return false;
    const reward = view.rewards[number - 1];
    const coupon = view.coupons[number - 1 - view.rewards.length];
    if (reward?.refusal === "") return this.#make(reward.slug);
    if (!coupon) return false;
    const answer = await this.#api.couponSlip(coupon.code);
    if (answer.status === "ok") this.slip = answer.data;
    else this.#counter.complain(answer.error);
    return answer.status === "ok";
  }

  /** Gives the points of the coupon with this number back. */
  async giveBack(number: number): Promise<boolean> {
    const coupon = this.view?.coupons[number - 1 - this.view.rewards.length];
    if (coupon?.kept !== "") return false;
    return this.#counter.act((api) => api.returnCoupon(coupon.code));
  }

  async #make(slug: string): Promise<boolean> {
    const made: SlipView[] = [];
    await this.#counter.act(async (api) => {
      const answer = await api.makeCoupon(slug);
      if (answer.status === "error") return answer;
      if (answer.data.slip) made.push(answer.data.slip);
      return { status: "ok", data: answer.data.counter };
    });
    const [slip] = made;
    if (slip) this.slip = slip;
    return slip !== undefined;
  }

  async #weigh(): Promise<void> {
    const turn = ++this.#turn;
    const answer = await this.#api.previewPoints(this.text);
    // Something newer is on its way to the screen.
    if (turn !== this.#turn) return;
    this.weighed =
      answer.status === "ok"
        ? { status: "weighed", preview: answer.data }
        : { status: "unreadable", trouble: answer.error };
  }
}
