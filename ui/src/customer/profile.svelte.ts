/** The form of a customer: what is typed stays until it is saved. */
import type { Answer, Api, CounterView, CustomerHit, ProfileForm, Trouble } from "../api/api";
import type { ProfileInput } from "../api/api";
import type { Finder } from "./finder.svelte";

type Standing = { status: "none" } | { status: "open"; form: ProfileForm };
type Known = { sentence: string; customer: CustomerHit };
export type Field = "name" | "phone" | "email" | "birthday" | "card" | "document";

const blank: ProfileInput = {
  id: null,
  name: "",
  phone: "",
  email: "",
  birthday: "",
  card: "",
  document: "",
  marketing: false,
  referrer: null,
};

export class Profile {
  readonly #api: Api;
  readonly #finder: Finder;
  standing = $state.raw<Standing>({ status: "none" });
  fields = $state<ProfileInput>({ ...blank });
  /** Whether the fields beside name and phone are shown. */
  more = $state(false);
  /** Why it could not be saved. */
  trouble = $state.raw<Trouble | null>(null);
  /** Who has what is in the fields. */
  known = $state.raw<Known | null>(null);

  constructor(api: Api, finder: Finder) {
    this.#api = api;
    this.#finder = finder;
  }

  readonly isNew = $derived(this.fields.id === null);
  /** The field that the trouble is about. */
  readonly wrong = $derived(
    (this.trouble?.code ?? "").replace("profile_", "").replace("contact", "phone"),
  );

  /** Whether the form asks who brought the customer. */
  get asksReferrer(): boolean {
    return this.standing.status === "open" && this.standing.form.referral?.may_say === true;
  }

  startNew(typed: string): Promise<boolean> {
    return this.#start(this.#api.newProfile(typed));
  }

  startEdit(id: string): Promise<boolean> {
    return this.#start(this.#api.editProfile(id));
  }

  /** The counter with the customer; null when somebody has to do something first. */
  async save(): Promise<CounterView | null> {
    this.trouble = this.known = null;
    const brought = await this.#finder.settled();
    if (brought.status === "open") return null;
    const referrer = brought.status === "chosen" ? brought.input : null;
    const answer = await this.#api.saveProfile({ ...$state.snapshot(this.fields), referrer });
    if (answer.status === "error") {
      this.trouble = answer.error;
      if (!["name", "phone", ""].includes(this.wrong)) this.more = true;
      return null;
    }
    if (answer.data.outcome === "known") {
      this.known = answer.data;
      return null;
    }
    if (answer.data.outcome === "refused") {
      this.#finder.refused = answer.data.sentence;
      return null;
    }
    this.standing = { status: "none" };
    return answer.data.counter;
  }

  /** A scan that nobody knows is the new card. */
  scanned(token: string): void {
    this.fields.card = token;
    this.more = true;
  }

  async #start(asked: Promise<Answer<ProfileForm>>): Promise<boolean> {
    const answer = await asked;
    this.#finder.clear();
    this.trouble = this.known = null;
    if (answer.status === "error") {
      this.trouble = answer.error;
      return false;
    }
    const { fields } = answer.data;
    this.fields = { ...fields };
    this.more = fields.id !== null;
    this.standing = { status: "open", form: answer.data };
    return true;
  }
}
