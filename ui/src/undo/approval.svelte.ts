/** A manager's PIN over the basket: asked for once something needs it, sent with what it allows. */
import type { Answer, Trouble } from "../api/api";
import { Countdown } from "../unlock/countdown.svelte";

/** The PIN was not right: it is asked for again. */
const aboutThePin = ["approval_needed", "not_a_manager", "pin_wrong", "pin_delayed", "pin_held"];

export class Approval {
  /** Whether the PIN is being asked for. */
  asked = $state(false);
  pin = $state("");
  busy = $state(false);
  trouble = $state.raw<Trouble | null>(null);
  /** Until a PIN is taken again. */
  readonly wait = new Countdown();

  /** Asks for the PIN; answers whether there is one. */
  ask(): boolean {
    const has = this.asked && this.pin !== "";
    this.asked = true;
    return has;
  }

  /** Does what is allowed with the PIN, and forgets it. */
  async during<T>(act: (pin: string) => Promise<Answer<T>>): Promise<T | null> {
    const { pin } = this;
    this.pin = "";
    this.busy = true;
    this.trouble = null;
    const answer = await act(pin);
    this.busy = false;
    if (answer.status === "ok") {
      this.wait.stop();
      this.leave();
      return answer.data;
    }
    this.refuse(answer.error);
    this.asked = aboutThePin.includes(answer.error.code);
    return null;
  }

  refuse(trouble: Trouble): void {
    this.trouble = trouble;
    this.wait.start(trouble.wait_s);
  }

  /** Back to what was to be allowed; answers whether the PIN was being asked for. */
  leave(): boolean {
    const was = this.asked;
    this.asked = false;
    this.pin = "";
    this.trouble = null;
    return was;
  }
}
