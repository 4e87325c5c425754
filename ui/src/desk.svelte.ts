/** Everything on the desk, and what each key does with it. */
import { createContext } from "svelte";
import type { Api, ChipView, Stale } from "./api/api";
import { Allowing } from "./codes/allowing.svelte";
import { Amount } from "./counter/amount.svelte";
import { Box } from "./counter/box.svelte";
import { Counter } from "./counter/counter.svelte";
import { Work, type Screen } from "./counter/work.svelte";
import { History } from "./customer/history.svelte";
import { People } from "./customer/people.svelte";
import { Profile } from "./customer/profile.svelte";
import { Steps } from "./customer/steps";
import type { Scan } from "./keyboard/burst";
import type { Command } from "./keyboard/keys";
import { speech, t } from "./language/language.svelte";
import { Board } from "./leaderboard/board.svelte";
import { Theme } from "./look/theme.svelte";
import { formatCount, formatMoney, type Currency } from "./money/money";
import { kinds } from "./pay/called";
import { Payment } from "./pay/payment.svelte";
import { Receipt } from "./receipt/receipt.svelte";
import { Redeem } from "./redeem/redeem.svelte";
import { Strip } from "./sync/strip.svelte";
import { Till } from "./till/till.svelte";
import { Today } from "./today/today.svelte";
import { FIRST_REASON, Undoing } from "./undo/undoing.svelte";

const noCurrency: Currency = { currency: "COP", currency_exponent: 2, shown_decimals: 0 };

export class Desk {
  readonly #api: Api;
  readonly till: Till;
  readonly theme = new Theme();
  readonly counter: Counter;
  readonly allowing: Allowing;
  readonly box: Box;
  readonly work = new Work();
  readonly amount: Amount;
  readonly payment: Payment;
  readonly receipt: Receipt;
  readonly today: Today;
  readonly board: Board;
  readonly strip: Strip;
  readonly people: People;
  readonly profile: Profile;
  readonly history: History;
  readonly undoing: Undoing;
  readonly redeem: Redeem;
  /** Counts the times that the focus should return to the box. */
  homing = $state(0);
  /** Counts the times that the focus should go to the first field of the work pane. */
  entering = $state(0);
  /** The line whose quantity the keyboard stands on. */
  line = $state<number | null>(null);

  #turn: Promise<void> = Promise.resolve();
  readonly #steps = new Steps(this, {
    ask: (mode) => this.#ask(mode),
    open: (screen) => this.#open(screen),
    history: () => this.#showHistory(),
  });

  constructor(api: Api) {
    this.#api = api;
    this.till = new Till(api);
    this.counter = new Counter(api);
    this.allowing = new Allowing(api, this.counter);
    this.box = new Box(api, this.counter);
    this.amount = new Amount(this.counter);
    this.payment = new Payment(api, () => this.currency);
    this.receipt = new Receipt(api, this.counter);
    this.today = new Today(api);
    this.board = new Board(api);
    this.strip = new Strip(api);
    this.people = new People(api);
    this.profile = new Profile(api, this.people.finder);
    this.history = new History(api);
    this.undoing = new Undoing(api, {
      counter: this.counter,
      box: this.box,
      work: this.work,
      receipt: this.receipt,
      open: (screen) => this.#open(screen),
      enter: () => (this.entering += 1),
      home: () => this.home(),
      refetch: () => this.refetch(["counter", "sync"]),
    });
    this.redeem = new Redeem(api, this.counter);
  }

  get currency(): Currency {
    const { view } = this.till;
    // No program has reached this till yet: there is nothing to sell either.
    return view && view.currency !== "" ? view : noCurrency;
  }

  /** The refused codes, the one scanned last first. */
  readonly refusals = $derived.by(() => [...(this.counter.view?.refused ?? [])].reverse());

  /** The refusal, newest first, that was mistyped and says what it probably is. */
  readonly suggested = $derived(this.refusals.find(({ suggestion }) => suggestion !== null));

  /** The refusal, newest first, that a key takes up: by what it suggests, else by a manager's PIN. */
  readonly mended = $derived(
    this.suggested ?? this.refusals.find(({ may_be_allowed: allowed }) => allowed),
  );

  readonly money = (minor: number): string => formatMoney(minor, this.currency, speech.current);
  readonly count = (count: number): string => formatCount(count, speech.current);

  /** Does what a key asks for, after what the keys before it asked for. */
  run(command: Command): Promise<void> {
    return this.#inTurn(() => this.#do(command));
  }

  async #do(command: Command): Promise<void> {
    if (typeof command !== "string") return this.#numbered(command);
    switch (command) {
      case "amount":
        if (this.work.screen !== "amount") this.amount.open();
        return this.#open("amount");
      case "help":
        return this.#open("help");
      case "sync":
        // An answer of the server may take seconds: nobody waits for it.
        if (this.work.screen === "sync") void this.strip.retry();
        return this.#open("sync");
      case "today":
        await this.today.fetch();
        return this.#open("today");
      case "leaderboard":
        await this.board.fetch();
        return this.#open("leaderboard");
      case "pay":
        return this.#startPayment();
      case "redeem":
        return this.#startRedeeming();
      case "codes":
        this.#open("codes");
        return this.#ask("code");
      case "box":
        return this.#ask("any");
      case "customer":
        return this.#ask("customer");
      case "park":
        return this.#basket((api) => api.park());
      case "recall":
        return this.#basket((api) => api.recall());
      case "best_set":
        if (this.counter.view?.best_set) await this.counter.act((api) => api.useBestSet());
        return this.home();
      case "accept":
        return this.#mend();
      case "clear_customer":
        if (this.counter.view?.customer) await this.counter.act((api) => api.clearCustomer());
        return this.home();
      case "new_customer":
        return this.#newCustomer();
      case "edit_customer":
        return this.#editCustomer();
      case "history":
      case "merit":
        return this.#showHistory(command);
      case "referral":
        return this.#steps.startReferral();
      case "merge":
        return this.#steps.startMerge();
      case "adjust":
        return this.#steps.startAdjustment();
      case "undo":
        return this.undoing.undo();
      case "refund":
        return this.undoing.start();
      case "confirm":
        if (this.work.screen === "sync") return this.#enrolAgain();
        return this.work.screen === "merge" || this.work.screen === "adjust"
          ? this.#steps.confirm()
          : this.undoing.confirm();
      case "more":
        return this.#more();
      case "line_up":
        return this.#moveLine(-1);
      case "line_down":
        return this.#moveLine(1);
      case "line_remove":
        return this.#removeLine();
      case "lock":
        await this.till.lock();
        return;
      case "full_screen":
        await this.#api.toggleFullScreen();
        return;
      case "language":
        return this.switchLanguage();
      case "look":
        return this.theme.next();
      case "back":
        return this.back();
    }
  }

  /** What a till does about a server that does not know it any more. */
  async #enrolAgain(): Promise<void> {
    const at = this.strip.view?.enrol_at ?? null;
    if (at !== null) await this.till.enrolAgain(at);
  }

  async switchLanguage(): Promise<void> {
    this.counter.say("");
    await this.till.speak(speech.current === "es" ? "en" : "es");
    if (this.till.standing.status !== "open") return;
    this.box.typed(this.box.text);
    if (this.work.screen === "pay") void this.payment.refresh();
    await this.refetch(["counter", "sync", "today"]);
  }

  /** Enter in the box. */
  enter(): Promise<void> {
    return this.#inTurn(async () => {
      const taken = await this.box.enter();
      if (!taken && ((await this.undoing.sawReceipt()) || (await this.#steps.broughtBy()))) return;
      this.#taken(taken);
    });
  }

  pick(number: number): Promise<void> {
    return this.#inTurn(async () => this.#taken(await this.box.pick(number)));
  }

  scanned(scan: Scan): Promise<void> {
    return this.#inTurn(async () => {
      if (this.till.standing.status !== "open") return this.till.hint(t("ui.scan.locked"));
      if (await this.#steps.scanned(scan)) return;
      const taken = await this.box.scanned(scan);
      if (!taken && ((await this.undoing.sawReceipt()) || (await this.#steps.broughtBy()))) return;
      // Nobody knows it: a card for whoever is being enrolled.
      if (!taken && this.work.screen === "profile" && this.box.saw?.saw === "nothing") {
        this.box.typed("");
        this.profile.scanned(scan.byKey);
        this.entering += 1;
        return;
      }
      this.#taken(taken);
      this.home();
    });
  }

  confirmPayment(): Promise<void> {
    const { kept } = this.payment;
    return this.#inTurn(async () => {
      // Struck twice: the first has paid, or has kept a tender and asks for the rest.
      if (this.work.screen === "pay" && this.payment.kept === kept) await this.#pay();
    });
  }

  async #pay(): Promise<void> {
    const receipt = await this.payment.confirm();
    // A refused payment may mean that the total has changed.
    if (!receipt) return this.#afterNoPayment();
    this.counter.say("");
    this.receipt.show(receipt);
    this.work.replace("receipt");
    this.home();
    await this.refetch(["counter", "sync"]);
    // Heard by who cannot see it, and gone with the next thing that anybody says.
    const moments = [receipt.tier_up, ...receipt.badges].map((moment) => moment?.sentence ?? "");
    const said = moments.filter((sentence) => sentence !== "").join(" ");
    if (said !== "") this.counter.say(said);
  }

  /** Reserves the points that are typed, and goes back to where the cashier was. */
  confirmPoints(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.work.screen !== "redeem" || !(await this.redeem.confirm())) return;
      this.back();
      // The payment below goes on where it was.
      await this.payment.refresh();
      this.entering += 1;
    });
  }

  giveUpPoints(): Promise<void> {
    return this.#inTurn(async () => {
      await this.redeem.giveUp();
      this.home();
    });
  }

  useReward(number: number): Promise<void> {
    return this.#inTurn(() => this.#useReward(number));
  }

  printReward(number: number): Promise<void> {
    return this.#inTurn(() => this.#printReward(number));
  }

  giveBack(number: number): Promise<void> {
    return this.#inTurn(async () => {
      await this.redeem.giveBack(number);
      this.entering += 1;
    });
  }

  saveProfile(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.work.screen !== "profile") return;
      const { isNew } = this.profile;
      const counter = await this.profile.save();
      if (counter === null) {
        this.entering += 1;
        return;
      }
      await this.#steps.shown(counter);
      if (isNew) this.work.replace("codes");
      else await this.#backToHistory();
      this.home();
    });
  }

  saveReferral(): Promise<void> {
    return this.#inTurn(() => this.#steps.saveReferral());
  }

  /** Chooses another customer from the list; the focus goes on to what is left to do. */
  pickPerson(number: number): void {
    this.people.finder.pick(number);
    this.entering += 1;
  }

  /** The customer who has what was typed into the form of a new one. */
  useKnown(): Promise<void> {
    return this.#inTurn(() => this.#useKnown());
  }

  confirmAmount(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.work.screen !== "amount" || !(await this.amount.add())) return;
      this.work.back();
      this.home();
    });
  }

  /** What came of a confirmed refund or void, or of a PIN for one. */
  confirmUndo(): Promise<void> {
    return this.#inTurn(() => this.undoing.confirm());
  }

  /** The sale with this number, to give something of it back. */
  refundSale(number: string): Promise<void> {
    return this.#inTurn(() => this.undoing.show(number));
  }

  async showReceipt(saleId: string): Promise<void> {
    if (!(await this.receipt.find(saleId))) return;
    this.work.open("receipt");
    this.home();
  }

  async #mend(): Promise<void> {
    const { suggestion, text } = this.mended ?? { suggestion: null };
    if (suggestion) await this.applyCode(suggestion.text);
    else if (text !== undefined) this.startAllowing(text);
  }

  /** Asks for the PIN of a manager who lets a refused code join. */
  startAllowing(code: string): void {
    this.allowing.start(code);
    this.#open("allow");
  }

  async allowCode(): Promise<void> {
    if (!(await this.allowing.now())) return;
    this.work.back();
    this.home();
  }

  /** One level back: the box, its mode, a screen, and at last nothing: work is never lost. */
  back(): void {
    const asked = ["merge", "adjust"].includes(this.work.screen) && this.people.approval.leave();
    if (!this.box.back() && !asked && !this.undoing.leaveApproval()) this.work.back();
    this.home();
  }

  home(): void {
    this.line = null;
    this.homing += 1;
  }

  async refetch(what: readonly Stale[]): Promise<void> {
    const open = this.till.standing.status === "open";
    const asked: Promise<unknown>[] = [];
    if (what.includes("till")) asked.push(this.till.start());
    if (what.includes("sync")) asked.push(this.strip.fetch());
    if (what.includes("counter") && open) asked.push(this.counter.refresh());
    if (what.includes("today") && this.work.screen === "today") asked.push(this.today.fetch());
    await Promise.all(asked);
  }

  /** Keys are done in the order they were struck, however quick the hand. */
  #inTurn(work: () => void | Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #numbered(command: Exclude<Command, string>): Promise<void> {
    if (this.work.screen === "redeem" && !("pick" in command)) {
      if ("tender" in command) return this.#printReward(command.tender);
      await this.redeem.giveBack(command.remove_code);
    } else if ("tender" in command) {
      const kind = kinds[command.tender - 1];
      if (kind && this.work.screen === "pay") this.payment.choose(kind);
      if (this.work.screen === "adjust" && !this.box.open)
        this.people.chooseReason(command.tender - FIRST_REASON + 1);
      this.undoing.numbered(command.tender);
    } else if ("remove_code" in command) {
      const codes = this.counter.view?.codes ?? [];
      const text = [...codes, ...this.refusals][command.remove_code - 1]?.text;
      if (text !== undefined) await this.counter.act((api) => api.removeCode(text));
    } else await this.#picked(command.pick);
  }

  /** Alt and a number take what has that number on the screen. */
  async #picked(number: number): Promise<void> {
    if (this.box.open) return this.#taken(await this.box.pick(number));
    if (this.work.screen === "pay") {
      const amount = this.payment.preview?.quick[number - 1];
      if (amount !== undefined) await this.payment.hand(amount);
    }
    if (this.work.screen === "profile" && number === 1 && this.profile.known)
      return this.#useKnown();
    if (this.work.screen === "leaderboard") return this.board.pick(number);
    if (this.work.screen === "adjust") return this.people.chooseReason(number);
    if (this.#steps.asksPerson) return this.pickPerson(number);
    if (this.undoing.picked(number)) return;
    if (this.work.screen === "redeem") return this.#useReward(number);
    const chip = this.counter.view?.chips[number - 1];
    if (this.work.screen === "codes" && chip && chip.gain > 0) await this.takeOffer(chip);
  }

  async applyCode(text: string): Promise<void> {
    await this.counter.act((api) => api.applyCode(text));
    this.home();
  }

  /** An offer; one that takes the place of codes on the basket sends them off. */
  async takeOffer({ text, instead }: ChipView): Promise<void> {
    const applied = await this.counter.act((api) => api.applyCode(text));
    if (applied && instead.length > 0) await this.counter.act((api) => api.useBestSet());
    this.home();
  }

  #ask(mode: "any" | "customer" | "code"): void {
    this.box.ask(mode);
    this.home();
  }

  async #basket(action: Parameters<Counter["act"]>[0]): Promise<void> {
    if (await this.counter.act(action)) {
      this.payment.clear();
      this.work.replace("codes");
    }
    this.home();
  }

  async #startPayment(): Promise<void> {
    if (this.counter.empty) return this.counter.say(t("ui.pay.empty"), "trouble");
    await this.payment.reach();
    this.#open("pay");
  }

  async #startRedeeming(): Promise<void> {
    if (!this.counter.view?.customer) {
      this.#ask("customer");
      return this.counter.say(t("ui.bar.redeem_nobody"), "trouble");
    }
    await this.redeem.open();
    this.#open("redeem");
  }

  async #useReward(number: number): Promise<void> {
    if (await this.redeem.use(number)) this.work.replace("codes");
    this.home();
  }

  async #printReward(number: number): Promise<void> {
    if (await this.redeem.print(number)) this.work.open("slip");
    this.home();
  }

  async #afterNoPayment(): Promise<void> {
    if (this.payment.status.status === "refused") await this.counter.refresh();
  }

  /** Shows a screen; what was being searched for gives way to it. */
  #open(screen: Screen): void {
    // What was said is about what was done before.
    this.counter.say("");
    this.box.typed("");
    this.work.open(screen);
    this.entering += 1;
  }

  /** What was taken is on the left; the receipt of the sale before has served. */
  #taken(taken: boolean): void {
    if (!taken) return;
    if (this.work.screen === "pay") void this.payment.refresh();
    else this.work.replace("codes");
    this.home();
  }

  /** What found nobody in the box is the beginning of the new customer's form. */
  async #newCustomer(): Promise<void> {
    if (this.work.screen === "profile" && this.profile.isNew && !this.box.open) return;
    const typed = this.box.mode === "code" ? "" : this.box.text;
    await this.profile.startNew(typed);
    this.#form();
  }

  async #editCustomer(): Promise<void> {
    const id = this.counter.view?.customer?.id;
    if (id === undefined) return this.#ask("customer");
    await this.profile.startEdit(id);
    this.#form();
  }

  #form(): void {
    this.box.ask("any");
    this.#open("profile");
  }

  /** What was filled in on a screen about customers, or the PIN for it. */
  confirmPeople(): Promise<void> {
    return this.#inTurn(() => this.#steps.confirm());
  }

  /** What happened to the customer, or what they have won: one answer of the till. */
  async #showHistory(screen: "history" | "merit" = "history"): Promise<void> {
    const id = this.counter.view?.customer?.id;
    if (id === undefined) return this.#ask("customer");
    await this.history.show(id);
    this.#open(screen);
    this.home();
  }

  async #backToHistory(): Promise<void> {
    this.work.back();
    if (this.work.screen === "history") await this.#showHistory();
  }

  async #more(): Promise<void> {
    if (this.work.screen === "profile") this.profile.more = !this.profile.more;
    if (this.work.screen === "history") await this.history.more();
    if (this.work.screen === "merge") await this.people.swap();
  }

  async #useKnown(): Promise<void> {
    const { known } = this.profile;
    if (this.work.screen !== "profile" || !known) return;
    this.#taken(await this.counter.act((api) => api.setCustomer(known.customer.id)));
  }

  #moveLine(step: 1 | -1): void {
    const count = this.counter.view?.lines.length ?? 0;
    if (count === 0) return;
    const from = this.line ?? (step > 0 ? -1 : count);
    this.line = (from + step + count) % count;
  }

  async #removeLine(): Promise<void> {
    const index = this.line;
    if (index === null) return;
    await this.counter.act((api) => api.removeLine(index));
    this.home();
  }
}

export const [useDesk, provideDesk] = createContext<Desk>();
