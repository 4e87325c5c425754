/** Forms and histories of the till in memory. */
import type {
  AdjustmentForm,
  AdjustmentInput,
  CustomerCard,
  CustomerHit,
  HistoryView,
  MergeView,
  ProfileForm,
  ProfileInput,
  ReferrerInput,
  PersonReading,
} from "../src/api/api";
import { merit } from "./merit";
import { customers } from "./shop";

/** Whoever is enrolled gets this card. */
export const newcomers: { id: string; card: CustomerCard } = {
  id: "c9",
  card: {
    id: "c9",
    name: "",
    phone_last4: "5566",
    tier: "Bronce",
    tier_slug: "bronze",
    balance: 0,
    debt: 0,
    balance_age_s: null,
    balance_has_pending: false,
    progress: null,
    grace: "",
    purchases: 0,
    last_visit: null,
    referral: { may_say: false, sentence: "" },
    badges: [],
    challenge: null,
  },
};

/** José's own referral code. */
export const josesCode = "K7M2Q9X5";

/** Who fits, by José's code or a part of the name. */
export function referrers(text: string): PersonReading {
  const low = text.trim().toLowerCase();
  const isCode = low === josesCode.toLowerCase();
  const hits = customers
    .filter(({ id, hit }) => (isCode ? id === "c1" : hit.name.toLowerCase().includes(low)))
    .map(({ hit }) => hit);
  const sentence = hits.length === 0 ? `Nadie coincide con «${text}».` : "";
  return { hits, sure: hits.length === 1, code: isCode ? josesCode : null, sentence };
}

/** Nobody brings themselves. */
export function referralRefusal(customer: string | null, referrer: ReferrerInput | null) {
  if (referrer === null || referrer.id !== customer) return null;
  const sentence = "Nadie puede referirse a sí mismo. [own_referral]";
  return { outcome: "refused", refusal: "own_referral", sentence } as const;
}

export function profileForm(text: string, id: string | null = null): ProfileForm {
  const digits = /^[\d ]+$/.test(text);
  return {
    fields: {
      id,
      name: digits ? "" : text,
      phone: digits ? text : "",
      email: "",
      birthday: "",
      card: "",
      document: "",
      marketing: false,
      referrer: null,
    },
    referral: { may_say: id === null, sentence: "Quien lo trajo recibe 500 puntos." },
    referral_code: id === null ? null : josesCode,
    consent_version: 1,
    consent_text: "Autoriza a Café-VT a guardar y usar sus datos.",
    consent_given:
      id === null ? "" : "Autorizó la versión 1 el 21/11/2026 10:42; no recibe mensajes.",
  };
}

/** Whoever has the phone 3001234471 is José. */
export function known(input: ProfileInput): { sentence: string; customer: CustomerHit } | null {
  const jose = customers[0]?.hit;
  if (!jose || input.id !== null || !input.phone.endsWith(jose.phone_last4 ?? "-")) return null;
  const sentence = `${jose.name} ya es cliente con ese teléfono: use su ficha.`;
  return { sentence, customer: jose };
}

export function sentHistory(id: string, whole: boolean, before = ""): HistoryView {
  const event = (key: string, what: string, place: string) => ({
    key,
    day: "2026-11-20",
    time: "10:42",
    place,
    what,
    amount: 1_800_000,
    points: 27,
    reasons: ["1 punto por cada $ 1.000 de $ 18.000", "Oro × 1,5"],
  });
  const own = event("a.2", "Compra C1-00002", "Centro");
  const there = event("b.7", "Compra C2-00007", "Norte");
  const older = event("b.3", "Compra C2-00003", "Norte");
  return {
    customer_id: id,
    name: customers.find((customer) => customer.id === id)?.hit.name ?? "",
    facts: [
      { name: "Puntos", value: "1.240" },
      { name: "Su código", value: "K7M2Q9X5" },
    ],
    merit,
    events: before !== "" ? [older] : whole ? [own, there] : [own],
    is_whole: whole,
    said: whole
      ? "Todas las tiendas, según el servidor."
      : "Lo que sabe esta caja, hasta 21/11/2026 10:40.",
    next: whole && before === "" ? "1.b.3" : null,
  };
}

/** Two records side by side; a record is not merged with itself. */
export function mergeView(survivor: string, absorbed: string): MergeView {
  const [one, other] = [survivor, absorbed].map((id) => customers.find((it) => it.id === id));
  const points = [one?.card.balance ?? 0, other?.card.balance ?? 0] as const;
  const row = (name: string, values: readonly [string, string, string], same = false) => ({
    name,
    survivor: values[0],
    absorbed: values[1],
    after: values[2],
    same,
  });
  return {
    survivor_id: survivor,
    absorbed_id: absorbed,
    survivor: one?.hit.name ?? "",
    absorbed: other?.hit.name ?? "",
    rows: [
      row("Teléfono", ["300 4471", "300 0902", "300 4471"]),
      row("Documento", ["CC1", "CC1", "CC1"], true),
      row("Puntos", [`${points[0]}`, `${points[1]}`, `${points[0] + points[1]}`]),
    ],
    notes: ["Queda el código K7M2Q9X5; el otro sigue sirviendo."],
    refusal: survivor === absorbed ? "Ya es una sola ficha. [already_one]" : "",
  };
}

export function adjustmentForm(id: string): AdjustmentForm {
  const customer = customers.find((one) => one.id === id);
  return {
    customer_id: id,
    name: customer?.hit.name ?? "",
    balance: customer?.card.balance ?? 0,
    rules: "Hasta 500 puntos a la vez, con el PIN de un gerente.",
    reasons: [
      { slug: "missed_sale", name: "Compra que no se registró" },
      { slug: "other", name: "Otro motivo" },
    ],
  };
}

/** More than 500 at once, or no reason. */
export function adjustmentRefusal(input: AdjustmentInput) {
  const refused = (refusal: string, sentence: string) =>
    ({ outcome: "refused", refusal, sentence: `${sentence} [${refusal}]` }) as const;
  if (Number(input.points) > 500) return refused("adjustment_over_limit", "Son más de 500 puntos.");
  return input.reason === "" ? refused("adjustment_reason", "Elija el motivo.") : null;
}
