/**
 * A till in memory for tests and for looking at the window in a browser. It knows two customers,
 * four products and five codes, and nothing of the real rules.
 */
import type {
  AdjustmentInput,
  Answer,
  Api,
  BoxReading,
  CounterView,
  ProfileInput,
  ReceiptView,
  Stale,
  SyncView,
  TenderInput,
  TillView,
  TodayView,
  Trouble,
} from "../src/api/api";
import { boardOf, corner, justWon } from "./merit";
import {
  adjustmentForm,
  adjustmentRefusal,
  josesCode,
  known,
  mergeView,
  newcomers,
  profileForm,
  referralRefusal,
  referrers,
  sentHistory,
} from "./people";
import { LIFTS_FROM, couponOf, preview, priceOf, redeemView, slip, tierUp } from "./points";
import { bestSet, chips, codes, customers, pins, products, receiptText, refusal } from "./shop";
import { ELSEWHERE, OWN, Returns } from "./undo";

type PointsCommand =
  | "redeemView"
  | "previewPoints"
  | "redeemPoints"
  | "applyReward"
  | "makeCoupon"
  | "couponSlip"
  | "returnCoupon";
type Line = { name: string; sku: string; quantity: number; unit_price: number };
type Basket = {
  customer: string | null;
  lines: Line[];
  codes: string[];
  /** Points that pay. */
  points: number;
};

const nothing = (): Basket => ({ customer: null, lines: [], codes: [], points: 0 });
/** Óscar's PIN. */
const manager = "9876";
const ok = <T>(data: T): Promise<Answer<T>> => Promise.resolve({ status: "ok", data });
const no = (code: string, message: string, hint = ""): Promise<Answer<never>> =>
  Promise.resolve({ status: "error", error: { code, message, hint, wait_s: null } });

const delayed = (wait_s: number): Promise<Answer<never>> =>
  Promise.resolve({
    status: "error",
    error: { code: "pin_delayed", message: "Demasiados intentos.", hint: "Espere.", wait_s },
  });

/** Whole pesos; null for what is none. */
function typed(text: string): number | null {
  const digits = text.replace(/[\s$.]/g, "");
  return /^\d+$/.test(digits) ? Number(digits) * 100 : null;
}

export class MemoryTill {
  view: TillView = {
    tenant_name: "Café-VT",
    store_name: "Centro",
    terminal_name: "Caja 1",
    currency: "COP",
    currency_exponent: 2,
    shown_decimals: 0,
    language: "es",
    enrolled: true,
    session: null,
    demo_pins: [...pins],
    warnings: [],
  };
  basket = nothing();
  parked: Basket[] = [];
  /** The basket before each product that was added. */
  before: Basket[] = [];
  readonly returns = new Returns();
  /** Points spent on coupons. */
  spent = 0;
  coupons: string[] = [];
  sales: { id: string; total: number; text: string }[] = [];
  sync: SyncView = {
    state: "up_to_date",
    waiting: 0,
    sentence: "Al día",
    retry_in_s: null,
    enrol_at: null,
    attention: [],
    last_contact_s: 4,
  };
  /** When set, the till cannot be opened. */
  broken: Trouble | null = null;
  /** What was handed over before the program stopped. */
  noted: TenderInput[] = [];
  /** Every form that was saved, also in vain. */
  readonly saved: ProfileInput[] = [];
  /** Records that became one, the one that stays first. */
  readonly merged: [string, string][] = [];
  /** Codes that a manager let join. */
  readonly allowed: string[] = [];
  /** Every adjustment that was approved. */
  readonly adjusted: AdjustmentInput[] = [];
  /** Every call, for tests that count. */
  readonly calls: string[] = [];
  readonly api: Api = this.#logged();
  #hear: ((what: readonly Stale[]) => void) | null = null;
  #said = "";

  /** What the customer of the basket can spend. */
  get available(): number {
    const customer = customers.find(({ id }) => id === this.basket.customer);
    return (customer?.card.balance ?? 0) - this.spent;
  }

  /** Tells the window that something changed behind its back. */
  stale(...what: Stale[]): void {
    this.#hear?.(what);
  }

  counter(): CounterView {
    const gross = this.basket.lines.reduce((sum, line) => sum + line.unit_price * line.quantity, 0);
    const given = this.basket.codes.map((text) => ({ text, coupon: codes[text] }));
    const accepted = given.flatMap(({ text, coupon }) =>
      coupon && gross >= coupon.minimum && (!coupon.shared || this.allowed.includes(text))
        ? [{ text, coupon, amount: Math.round((gross * coupon.percent) / 100) }]
        : [],
    );
    const discount = accepted.reduce((sum, { amount }) => sum + amount, 0);
    const customer = customers.find(({ id }) => id === this.basket.customer) ?? null;
    const asked = Math.min(
      this.basket.points,
      preview("", this.available, gross - discount)?.points ?? 0,
    );
    const redeemed =
      this.basket.points === 0 ? null : preview(String(asked), this.available, gross - discount);
    const left = given.filter(({ text }) => !accepted.some((code) => code.text === text));
    return {
      customer: customer?.card ?? null,
      lines: this.basket.lines.map((line) => {
        const lineGross = line.unit_price * line.quantity;
        const share = gross === 0 ? 0 : Math.round((discount * lineGross) / gross);
        const quantity = String(line.quantity);
        return { ...line, quantity, gross: lineGross, discount: share, net: lineGross - share };
      }),
      gross,
      discount,
      total: gross - discount,
      redemption:
        redeemed === null || this.basket.points === 0
          ? null
          : {
              points: redeemed.points,
              amount: redeemed.amount,
              note:
                redeemed.points < this.basket.points
                  ? `Pidió ${this.basket.points} puntos; ahora solo se pueden usar ${redeemed.points}.`
                  : "",
            },
      due: gross - discount - (redeemed?.amount ?? 0),
      tier_discount: null,
      codes: accepted.map(({ text, coupon, amount }) => {
        const { gives, sentence, bounds = [], next_step = "" } = coupon;
        const applies_to = amount > 0 ? "En toda la compra" : "";
        const said = { applies_to, bounds: [...bounds], next_step, sentence };
        return { text, variant: "", kind: "coupon", gives, amount, note: null, ...said };
      }),
      refused: left.map(({ text, coupon }) => refusal(text, coupon !== undefined)),
      best_set: left.some(({ text }) => text === "BLACKFRIDAY50") ? bestSet : null,
      points: {
        earn: Math.floor((gross - discount) / 100_000),
        factors: customer ? ["Oro × 1,5"] : [],
        for_customer: customer !== null,
      },
      chips: customer ? [...chips] : [],
      said: this.#said,
      parked: this.parked.length,
      can_undo: this.before.length > 0,
      noted: this.noted,
    };
  }

  read(text: string): BoxReading {
    const has = (name: string) => name.toLowerCase().includes(text.toLowerCase());
    const code = text.toUpperCase();
    if (text === "") return { saw: "empty" };
    if (code === OWN || code === ELSEWHERE)
      return { saw: "receipt", number: code, here: code === OWN, sentence: "Venta de hoy." };
    const exact = products.filter(({ sku }) => sku === code);
    if (exact.length > 0) return { saw: "products", hits: exact, sure: true };
    if (code in codes) return { saw: "code", text: code, known: true, sentence: null };
    if (code === josesCode && customers[0])
      return { saw: "referral", text: code, sentence: "De José.", owner: customers[0].hit };
    const people = customers.filter(({ hit }) => has(hit.name)).map(({ hit }) => hit);
    const things = products.filter(({ name }) => has(name));
    if (people.length > 0 && things.length > 0)
      return { saw: "mixed", customers: people, products: things };
    if (people.length > 0) return { saw: "customers", hits: people, sure: people.length === 1 };
    if (things.length > 0) return { saw: "products", hits: things, sure: false };
    if (/^[A-Z]+\d+$/.test(code))
      return {
        saw: "code",
        text: code,
        known: false,
        sentence: `${code} no existe. Revise la ortografía. [unknown_code]`,
      };
    return { saw: "nothing", sentence: `Nada coincide con «${text}». Escriba parte del nombre.` };
  }

  #change(act: () => unknown, said = ""): Promise<Answer<CounterView>> {
    act();
    this.#said = said;
    return ok(this.counter());
  }

  #setView(change: Partial<TillView>): Promise<Answer<TillView>> {
    this.view = { ...this.view, ...change };
    return ok(this.view);
  }

  #receipt(sale_id: string, total: number, change: number, text: string): ReceiptView {
    const said = "Sin conexión: quedó guardado y se enviará solo. No repita la venta.";
    const receipt = `C1-${sale_id}`;
    const points = { points_earned: 38, points_spent: 0, balance: 1_278 };
    const won = { tier_up: null, badges: [], square: corner };
    return { kind: "sale", sale_id, receipt, text, total, change, ...points, ...won, said };
  }

  #today(): TodayView {
    const recent = this.sales.map(({ id, total }) => {
      const sent = this.sync.state === "up_to_date";
      const sale = { kind: "sale" as const, undone: "" };
      return {
        ...sale,
        sale_id: id,
        receipt: `C1-${id}`,
        time: "10:42",
        customer: null,
        total,
        sent,
      };
    });
    return {
      day: "2026-11-21",
      sales: this.sales.length,
      gross: 8_650_000,
      discount: 865_000,
      total: 7_785_000,
      refunded: 0,
      refunds: 0,
      voided: 0,
      voids: 0,
      net: 7_785_000,
      points: 778,
      with_customer: 1,
      codes: [{ text: "VERANO10", uses: 2, discount: 865_000, total: 7_785_000 }],
      refusals: [{ refusal: "minimum_not_met", title: "Compra mínima sin cumplir", count: 1 }],
      tenders: [{ kind: "cash", amount: 7_785_000 }],
      recent,
      waiting: this.sync.waiting,
    };
  }

  #points(): Pick<Api, PointsCommand> {
    return {
      redeemView: () => {
        const { customer, total } = this.counter();
        const asked = this.basket.points;
        const coupons = this.coupons.map((code) =>
          couponOf(code, this.basket.codes.includes(code)),
        );
        return customer
          ? ok(
              redeemView(
                { name: customer.name, available: this.available },
                { total, asked },
                coupons,
              ),
            )
          : no("customer_required", "Falta el cliente.");
      },
      previewPoints: (text) => {
        const answer = preview(text, this.available, this.counter().total);
        return answer ? ok(answer) : no("points_unreadable", `No se entiende «${text}».`);
      },
      redeemPoints: (text) => {
        const answer = preview(text, this.available, this.counter().total);
        return this.#change(() => (this.basket.points = answer?.points ?? 0), "Puntos reservados.");
      },
      applyReward: () => this.#change(() => this.basket.codes.push("FIRST5"), "Recompensa."),
      makeCoupon: (slug) => {
        this.spent += priceOf(slug);
        const code = `RWD${this.coupons.length + 1}`;
        this.coupons.push(code);
        return ok({ slip: slip(code), counter: this.counter() });
      },
      couponSlip: (code) => ok(slip(code)),
      returnCoupon: (code) =>
        this.#change(() => {
          this.coupons = this.coupons.filter((other) => other !== code);
          this.spent = 0;
        }, "Cupón anulado."),
    };
  }

  #commands(): Api {
    return {
      tillView: () =>
        this.broken ? Promise.resolve({ status: "error", error: this.broken }) : ok(this.view),
      enrol: (_server, code) =>
        code === "GOOD-CODE"
          ? this.#setView({ enrolled: true, session: null })
          : no("enrol_code", "Ese código no vale.", "Pida uno nuevo."),
      unlock: (pin) => {
        if (pin === "0000") return delayed(2);
        const person = pins.find((known) => known.pin === pin);
        if (!person) return no("wrong_pin", "Ese PIN no es de nadie.", "Escríbalo otra vez.");
        return this.#setView({ session: { name: person.name, role: person.role } });
      },
      lock: () => this.#setView({ session: null }),
      setLanguage: (language) => this.#setView({ language }),
      readBox: (text) => ok(this.read(text.trim())),
      counter: () => ok(this.counter()),
      setCustomer: (id) =>
        this.#change(() => Object.assign(this.basket, { customer: id, points: 0 })),
      clearCustomer: () =>
        this.#change(() => Object.assign(this.basket, { customer: null, points: 0 })),
      newProfile: (typed) => ok(profileForm(typed)),
      editProfile: (id) => {
        const customer = customers.find((one) => one.id === id);
        return customer
          ? ok(profileForm(customer.hit.name, id))
          : no("unknown_customer", "Ese cliente no está en esta caja.");
      },
      saveProfile: (input) => {
        this.saved.push(input);
        if (input.name.trim() === "")
          return no("profile_name", "Falta el nombre, o es demasiado largo.", "Escríbalo.");
        const holder = known(input);
        if (holder) return ok({ outcome: "known", ...holder });
        const refused = referralRefusal(input.id, input.referrer);
        if (refused) return ok(refused);
        this.basket.customer ??= newcomers.id;
        this.#said = `${input.name} ya es cliente y está en esta venta.`;
        const card = { ...newcomers.card, name: input.name };
        return ok({ outcome: "saved", counter: { ...this.counter(), customer: card } });
      },
      findPerson: (text) => ok(referrers(text)),
      registerReferral: (customer, referrer) => {
        const refused = referralRefusal(customer, referrer);
        if (refused) return ok(refused);
        this.#said = "Queda anotado.";
        return ok({ outcome: "registered", counter: this.counter() });
      },
      previewMerge: (survivor, absorbed) => ok(mergeView(survivor, absorbed)),
      mergeCustomers: (survivor, absorbed, pin) => {
        if (pin !== manager) return no("not_a_manager", "Ese PIN no es de un gerente.");
        this.merged.push([survivor, absorbed]);
        this.basket.customer = survivor;
        this.#said = "Las dos fichas son una.";
        return ok({ outcome: "merged", counter: this.counter() });
      },
      adjustment: (id) => ok(adjustmentForm(id)),
      adjustPoints: (input, pin) => {
        const refused = adjustmentRefusal(input);
        if (refused) return ok(refused);
        if (pin === "") return no("approval_needed", "Esto necesita la aprobación de un gerente.");
        if (pin !== manager) return no("not_a_manager", "Ese PIN no es de un gerente.");
        this.adjusted.push(input);
        this.#said = `${input.points} puntos a mano.`;
        return ok({ outcome: "adjusted", counter: this.counter() });
      },
      history: (id) => ok(sentHistory(id, false)),
      historyOnline: (id, before) =>
        this.sync.state === "offline"
          ? no("server_unreachable", "No se puede llegar al servidor.")
          : ok(sentHistory(id, true, before)),
      addProduct: (id) => {
        const product = products.find((known) => known.id === id);
        if (!product) return no("unknown_product", "Ese producto no existe.");
        const { name, sku, unit_price } = product;
        const line = { name, sku, unit_price, quantity: 1 };
        this.before.push({ ...this.basket, lines: [...this.basket.lines] });
        return this.#change(() => this.basket.lines.push(line), `${name}: agregado.`);
      },
      addAmount: (text, name) => {
        const unit_price = typed(text);
        if (unit_price === null)
          return no("amount_unreadable", `«${text}» no es un valor.`, "Escriba solo cifras.");
        const line = { name: name || "Valor", sku: "", unit_price, quantity: 1 };
        return this.#change(() => this.basket.lines.push(line));
      },
      setQuantity: (index, text) => {
        const line = this.basket.lines[index];
        const quantity = Number(text.replace(",", "."));
        if (!line || !(quantity > 0))
          return no("bad_quantity", `«${text}» no es una cantidad.`, "Escriba un número.");
        return this.#change(() => (line.quantity = quantity));
      },
      removeLine: (index) => this.#change(() => this.basket.lines.splice(index, 1)),
      clearBasket: () => this.#change(() => (this.basket = nothing())),
      park: () =>
        this.#change(() => {
          this.parked.push({ ...this.basket, points: 0 });
          this.basket = nothing();
        }, "Venta apartada."),
      recall: () => this.#change(() => (this.basket = this.parked.pop() ?? nothing())),
      applyCode: (text) => {
        this.basket.codes.push(text.toUpperCase());
        const newest = this.counter().refused.find((code) => code.text === text.toUpperCase());
        return this.#change(() => undefined, newest?.sentence);
      },
      removeCode: (text) =>
        this.#change(() => (this.basket.codes = this.basket.codes.filter((code) => code !== text))),
      allowCode: (text, pin) => {
        if (pin !== manager) return no("not_a_manager", "Ese PIN no es de un gerente.");
        return this.#change(() => this.allowed.push(text), `Un gerente permitió ${text}.`);
      },
      useBestSet: () => this.#change(() => (this.basket.codes = [...bestSet.codes])),
      ...this.#points(),
      reachPayment: () => ok(null),
      previewTenders: (kept, { kind, text }) => {
        const { due: total } = this.counter();
        const sum = (tenders: readonly TenderInput[]) =>
          tenders.reduce((all, { amount }) => all + amount, 0);
        const isOther = kept.every((tender) => tender.kind !== kind);
        const rest = isOther ? Math.max(0, total - sum(kept)) : 0;
        const amount = text === "" ? rest : typed(text);
        const entered = amount ? [...kept, { kind, amount }] : kept;
        const given = sum(entered);
        const missing = Math.max(0, total - given);
        const quick = [4_000_000, 5_000_000, 10_000_000].filter((note) => note > total);
        const wrong = amount === null ? `«${text}» no es un valor. Escriba solo cifras.` : "";
        const change = Math.max(0, given - total);
        return ok({ total, given, missing, change, quick, rest, entered, wrong });
      },
      pay: (tenders, seen_due) => {
        const { due: total } = this.counter();
        if (seen_due !== total) return no("price_changed", "El total cambió.", "Revíselo.");
        const given = tenders.reduce((sum, { amount }) => sum + amount, 0);
        if (given < total) return no("tender_short", "Falta dinero.", "Pida el resto.");
        const id = `sale-${this.sales.length + 1}`;
        const text = receiptText(id, total, given - total);
        this.sales.unshift({ id, total, text });
        const tier_up = total > LIFTS_FROM ? tierUp : null;
        const { customer, redemption } = this.counter();
        const points_spent = redemption?.points ?? 0;
        this.basket = nothing();
        this.before = [];
        this.#said = "";
        const badges = customer?.id === "c1" ? [justWon] : [];
        const won = { tier_up, badges, points_spent };
        return ok({ ...this.#receipt(id, total, given - total, text), ...won });
      },
      receipt: (id) => {
        const sale = this.sales.find((known) => known.id === id);
        if (!sale) return no("unknown_sale", "No hay tal venta.");
        return ok(this.#receipt(id, sale.total, 0, sale.text));
      },
      undoStep: () => this.#change(() => (this.basket = this.before.pop() ?? this.basket)),
      findSale: (number) => this.returns.find(number),
      findSaleOnline: (number) => this.returns.findOnline(number, this.sync.state === "offline"),
      previewRefund: (input) => this.returns.preview(input),
      refund: (input, pin) => this.returns.refund(input, pin),
      offerVoid: () => this.returns.offer(),
      voidSale: (input, pin) => this.returns.void(input, pin),
      today: () => ok(this.#today()),
      leaderboard: (period) => ok(boardOf(period, this.basket.customer)),
      syncView: () => ok(this.sync),
      syncNow: () => ok(this.sync),
      toggleFullScreen: () => ok(null),
      onStale: (hear) => {
        this.#hear = hear;
        return Promise.resolve(() => (this.#hear = null));
      },
    };
  }

  /** Writes every call down before it is answered. */
  #logged(): Api {
    const calls = this.calls;
    return new Proxy(this.#commands(), {
      get(target, name, receiver) {
        calls.push(String(name));
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
  }
}
