/** Where the till stands before and between sales: starting, not enrolled, locked or at work. */
import type { Answer, Api, Language, TillView, Trouble } from "../api/api";
import { speech } from "../language/language.svelte";
import { Countdown } from "../unlock/countdown.svelte";

export type Standing =
  | { status: "starting" }
  | { status: "failed"; trouble: Trouble }
  | { status: "enrol"; view: TillView }
  | { status: "locked"; view: TillView }
  | { status: "open"; view: TillView };

export class Till {
  readonly #api: Api;
  standing = $state.raw<Standing>({ status: "starting" });
  /** Why the last PIN or enrolment was not taken. */
  trouble = $state.raw<Trouble | null>(null);
  busy = $state(false);
  /** Where it is enrolled again, while somebody does that. */
  again = $state.raw<string | null>(null);
  /** Until a PIN is taken again. */
  readonly wait = new Countdown();
  /** Counts what changed who is at work: a view that was asked for before it is of no use. */
  #turn = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  /** The view, once the database is open. */
  readonly view = $derived("view" in this.standing ? this.standing.view : null);

  async start(): Promise<void> {
    const turn = this.#turn;
    const answer = await this.#api.tillView(speech.current);
    if (turn !== this.#turn) return this.start();
    if (answer.status === "error") this.standing = { status: "failed", trouble: answer.error };
    else this.#show(answer.data);
  }

  unlock(pin: string): Promise<boolean> {
    return this.#ask(this.#api.unlock(pin));
  }

  lock(): Promise<boolean> {
    return this.#ask(this.#api.lock());
  }

  async enrol(serverUrl: string, code: string): Promise<boolean> {
    const enrolled = await this.#ask(this.#api.enrol(serverUrl, code));
    if (enrolled) await this.enrolAgain(null);
    return enrolled;
  }

  /** Asks for another one-time code, for the server at this address, or goes back to the counter. */
  async enrolAgain(at: string | null): Promise<void> {
    this.again = at;
    this.trouble = null;
    await this.start();
  }

  async speak(language: Language): Promise<boolean> {
    // Words change at once, also when there is no till yet to remember it.
    speech.current = language;
    if (this.standing.status !== "failed") return this.#ask(this.#api.setLanguage(language));
    await this.start();
    return true;
  }

  /** Takes back what was said about the last PIN: with the next sign it is old, its seconds too. */
  forget(): void {
    this.trouble = null;
  }

  /** Says something on the locked screen. */
  hint(message: string): void {
    this.trouble = { code: "locked", message, hint: "", wait_s: null };
  }

  async #ask(asked: Promise<Answer<TillView>>): Promise<boolean> {
    this.busy = true;
    this.trouble = null;
    this.#turn += 1;
    const answer = await asked;
    this.#turn += 1;
    this.busy = false;
    if (answer.status === "ok") {
      this.wait.stop();
      this.#show(answer.data);
    } else {
      this.trouble = answer.error;
      this.wait.start(answer.error.wait_s);
    }
    return answer.status === "ok";
  }

  #show(view: TillView): void {
    speech.current = view.language;
    if (!view.enrolled || this.again !== null) this.standing = { status: "enrol", view };
    else this.standing = { status: view.session ? "open" : "locked", view };
  }
}
