/** What the till in memory sells, and to whom. */
import type {
  BestSetView,
  ChipView,
  CustomerCard,
  CustomerHit,
  DemoPin,
  ProductHit,
  RefusedView,
} from "../src/api/api";
import { merit } from "./merit";

export type Coupon = {
  percent: number;
  minimum: number;
  gives: string;
  sentence: string;
  bounds?: readonly string[];
  next_step?: string;
  /** Shared out to tills, and this one holds no right to it. */
  shared?: boolean;
};

export const pins: readonly DemoPin[] = [
  { name: "Luz Marina Díaz", role: "cashier", pin: "1234" },
  { name: "Óscar Peña", role: "manager", pin: "9876" },
];

export const products: readonly ProductHit[] = [
  { id: "p1", sku: "ESP-01", name: "Espresso doble", unit_price: 650_000 },
  { id: "p2", sku: "CAP-01", name: "Capuchino de la casa", unit_price: 980_000 },
  {
    id: "p3",
    sku: "TOR-07",
    name: "Torta de almojábana con arequipe y queso",
    unit_price: 1_250_000,
  },
  { id: "p4", sku: "GRA-500", name: "Café en grano, Sierra Nevada, 500 g", unit_price: 3_800_000 },
];

export const codes: Readonly<Record<string, Coupon>> = {
  VERANO10: { percent: 10, minimum: 0, gives: "10 %", sentence: "" },
  FIRST5: { percent: 5, minimum: 0, gives: "5 %", sentence: "" },
  CARLOSVIP: { percent: 0, minimum: 0, gives: "Referido", sentence: "Cuenta para Carlos Vega." },
  ESCALERA: {
    percent: 5,
    minimum: 0,
    gives: "5 % desde $ 1.000 y 10 % desde $ 30.000",
    sentence: "",
    bounds: ["Tope de $ 100 alcanzado: sin tope serían $ 150. [truncated]"],
    next_step: "Faltan $ 12.000 para 10 %.",
  },
  ESCASO: { percent: 20, minimum: 0, gives: "20 %", sentence: "", shared: true },
  EXTRA10: { percent: 10, minimum: 5_000_000, gives: "10 %", sentence: "" },
  BLACKFRIDAY50: { percent: 50, minimum: 100_000_000, gives: "50 %", sentence: "" },
};

export const chips: readonly ChipView[] = [
  { text: "EXTRA10", gives: "10 %", gain: 120_000, sentence: "descuenta $ 1.200", instead: [] },
  {
    text: "LEJOS",
    gives: "10 % desde $ 50.000",
    gain: 0,
    sentence: "faltan $ 12.000",
    instead: [],
  },
];

export const bestSet: BestSetView = {
  codes: ["BLACKFRIDAY50"],
  discount: 1_200_000,
  gain: 300_000,
  sentence: "Conviene BLACKFRIDAY50: descuenta $ 3.000 más.",
};

export function refusal(text: string, known: boolean): RefusedView {
  if (codes[text]?.shared) {
    const sentence = `Esta caja no tiene usos reservados de ${text}. [lease_required]`;
    return { text, refusal: "lease_required", sentence, suggestion: null, may_be_allowed: true };
  }
  return known
    ? {
        text,
        refusal: "minimum_not_met",
        suggestion: null,
        sentence: `Faltan $ 12.000 para usar ${text} (compra mínima $ 50.000). [minimum_not_met]`,
        may_be_allowed: false,
      }
    : {
        text,
        refusal: "unknown_code",
        suggestion:
          text === "MAR73" ? { text: "VERANO10", printed: "VERANO-10", differs: [7] } : null,
        sentence: `El programa no conoce ${text}. Revise el texto. [unknown_code]`,
        may_be_allowed: false,
      };
}

export function receiptText(id: string, total: number, change: number): string {
  const row = (left: string, right: string) => left.padEnd(42 - right.length) + right;
  const money = (minor: number) => `$ ${minor / 100}`;
  return [
    "              CAFÉ-VT · Centro",
    "",
    row("Comprobante", `C1-${id}`),
    "-".repeat(42),
    row("TOTAL", money(total)),
    row("Cambio", money(change)),
    "-".repeat(42),
    "   Este comprobante no es una factura",
  ].join("\n");
}

const jose: CustomerHit = {
  id: "c1",
  name: "José Ángel Muñoz Peña",
  tier: "Oro",
  tier_slug: "gold",
  phone_last4: "4471",
  last_visit: "2026-11-12",
};
const josefa: CustomerHit = {
  id: "c2",
  name: "Josefa Ibáñez",
  tier: "Bronce",
  tier_slug: "bronze",
  phone_last4: "0902",
  last_visit: null,
};

const joseCard: CustomerCard = {
  ...jose,
  balance: 1_240,
  debt: 0,
  balance_age_s: 130,
  balance_has_pending: false,
  progress: {
    next: "Diamante",
    missing: 340,
    progress_bp: 6_600,
    sentence: "340 puntos para Diamante",
  },
  grace: "",
  purchases: 37,
  referral: { may_say: false, sentence: "" },
  badges: [...merit.badges],
  challenge: merit.challenges[0] ?? null,
};
const josefaCard: CustomerCard = {
  ...josefa,
  balance: 0,
  debt: 25,
  balance_age_s: null,
  balance_has_pending: true,
  progress: null,
  grace: "",
  purchases: 0,
  referral: { may_say: true, sentence: "Quien lo trajo recibe 500 puntos con la primera compra." },
  badges: [],
  challenge: null,
};

export const customers: readonly { id: string; hit: CustomerHit; card: CustomerCard }[] = [
  { id: "c1", hit: jose, card: joseCard },
  { id: "c2", hit: josefa, card: josefaCard },
];
