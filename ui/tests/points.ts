/** What points do in the till in memory: 10 pesos each, at least 100. */
import type {
  CouponView,
  PointsPreview,
  RedeemView,
  RewardView,
  SlipView,
  TierUpView,
  TierView,
} from "../src/api/api";

/** Minor units that one point pays. */
const VALUE = 1_000;
const MINIMUM = 100;

export const gold: TierView = {
  name: "Oro",
  slug: "gold",
  benefits: ["5 % en cada compra", "25 % más puntos"],
  progress: null,
  grace: "",
};

/** A sale of more than this lifts its customer. */
export const LIFTS_FROM = 10_000_000;
export const tierUp: TierUpView = {
  tier: { ...gold, name: "Diamante", slug: "diamond", benefits: ["Mesa reservada"] },
  sentence: "¡Sube a Diamante! Felicítelo: sus beneficios valen desde la próxima compra.",
};

const rewards: readonly Omit<RewardView, "refusal">[] = [
  {
    slug: "espresso",
    name: "Espresso gratis",
    gives: "1 × Espresso gratis",
    points: 100,
    facts: ["cupón: 30 días"],
    gain: 0,
    not_now: "falta en la venta: Espresso",
  },
  {
    slug: "postre",
    name: "$ 6.000 en postres",
    gives: "$ 6.000",
    points: 500,
    facts: [],
    gain: 600_000,
    not_now: "",
  },
  {
    slug: "cata",
    name: "Cata privada",
    gives: "Cata privada",
    points: 8_000,
    facts: ["desde Diamante", "quedan 12"],
    gain: 0,
    not_now: "",
  },
];

/** A number of points, money after a `$`, or the most. */
export function preview(text: string, available: number, total: number): PointsPreview | null {
  const most = Math.min(available, Math.floor(total / VALUE));
  const digits = text.replace(/[.$ ]/g, "");
  if (!/^\d*$/.test(digits)) return null;
  const typed = Number(digits);
  const asked =
    digits === "" ? most : text.startsWith("$") ? Math.floor((typed * 100) / VALUE) : typed;
  const refusal =
    asked < MINIMUM
      ? "Se canjean al menos 100 puntos a la vez. [points_below_minimum]"
      : asked > available
        ? `El cliente puede usar ${available} puntos. [not_enough_points]`
        : asked > most
          ? `Escriba como máximo ${most}. [points_above_total]`
          : "";
  const points = refusal === "" ? asked : 0;
  const amount = points * VALUE;
  return { points, amount, due: total - amount, left: available - points, refusal };
}

export function redeemView(
  customer: { name: string; available: number },
  basket: { total: number; asked: number },
  coupons: readonly CouponView[],
): RedeemView {
  const { name, available } = customer;
  const offer = preview("", available, basket.total);
  return {
    customer: name,
    tier: gold,
    points: {
      sentence: `Puede usar ${available} puntos.`,
      most: offer?.points ?? 0,
      most_amount: offer?.amount ?? 0,
      asked: basket.asked,
      refusal: offer?.refusal ?? "",
    },
    rewards: rewards.map((reward) => ({
      ...reward,
      refusal: reward.points > available ? `faltan ${reward.points - available} puntos` : "",
    })),
    coupons: [...coupons],
  };
}

export function slip(code: string): SlipView {
  const said = `Cupón ${code} listo: Espresso gratis. Imprímalo y entréguelo.`;
  return { code, text: `CUPÓN DE RECOMPENSA\n${code}`, said };
}

export function couponOf(code: string, on_basket: boolean): CouponView {
  return { code, name: "Espresso gratis", until: "", on_basket, kept: "" };
}

export const priceOf = (slug: string): number =>
  rewards.find((reward) => reward.slug === slug)?.points ?? 0;
