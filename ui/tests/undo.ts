/** Refunds and voids of the till in memory: one sale of two lines, and what follows in fixed words. */
import type {
  Answer,
  ReceiptView,
  RefundInput,
  RefundView,
  UndoneSale,
  VoidInput,
  VoidView,
} from "../src/api/api";

type Said<T> = Promise<Answer<T>>;
const ok = <T>(data: T): Said<T> => Promise.resolve({ status: "ok", data });
const no = (code: string, message: string, hint = ""): Said<never> =>
  Promise.resolve({ status: "error", error: { code, message, hint, wait_s: null } });

const prices = [300_000, 1_500_000] as const;
const reasons = [
  { slug: "damaged", name: "Llegó en mal estado" },
  { slug: "changed-mind", name: "Se arrepintió" },
];

/** The number of the sale that this till knows, and of one that only the server knows. */
export const OWN = "C1-7K00001";
export const ELSEWHERE = "C2-7K00009";

export class Returns {
  /** Units that came back of each line. */
  readonly back = [0, 0];
  isVoided = false;
  /** In which means money can come back: the sale was paid in cash. */
  kinds: readonly string[] = ["cash", "card", "transfer"];
  /** The sale on the screen. */
  #number = OWN;
  readonly refunds: RefundInput[] = [];

  find(number: string): Said<RefundView> {
    if (number !== OWN && number !== "sale")
      return no("unknown_sale", "Esa venta no está en esta caja.");
    this.#number = OWN;
    return ok(this.#view(empty));
  }

  findOnline(number: string, offline: boolean): Said<RefundView> {
    if (offline) return no("sale_elsewhere", "El servidor no responde.", "Espere la conexión.");
    if (number !== ELSEWHERE && number !== "sale")
      return no("unknown_sale", "Esa venta no está en esta caja.");
    if (number === ELSEWHERE) this.#number = ELSEWHERE;
    return ok({ ...this.#view(empty), is_whole: true, can_ask: false, said: "Según el servidor." });
  }

  preview(input: RefundInput): Said<RefundView> {
    return ok(this.#view(input));
  }

  refund(input: RefundInput, pin: string): Said<ReceiptView> {
    const view = this.#view(input);
    const wrong = view.lines.find((line) => line.trouble !== "");
    if (wrong) return no("already_returned", wrong.trouble, "Corrija la cantidad.");
    if (view.approval !== "" && pin !== "8080")
      return no("not_a_manager", "Ese PIN no es de un gerente.", "Pida a un gerente el suyo.");
    this.refunds.push(input);
    units(input).forEach((count, index) => (this.back[index] = (this.back[index] ?? 0) + count));
    return ok(receipt("refund", view.value));
  }

  offer(): Said<VoidView> {
    return ok({
      sale: sale(OWN),
      lines: ["3 × Capuchino", "1 × Cafetera"],
      money: 2_400_000,
      effects: [{ tone: "good", sentence: "VERANO10 se puede usar otra vez." }],
      refusal: this.isVoided ? "Esta venta se anuló." : "",
      approval: "Un gerente tiene que aprobarla con su PIN.",
      reasons,
    });
  }

  void(input: VoidInput, pin: string): Said<ReceiptView> {
    if (input.reason === "" && input.note === "") return no("reason_needed", "Elija el motivo.");
    if (pin === "") return no("approval_needed", "Esto necesita la aprobación de un gerente.");
    if (pin !== "8080") return no("not_a_manager", "Ese PIN no es de un gerente.");
    this.isVoided = true;
    return ok(receipt("void", 2_400_000));
  }

  #view(input: RefundInput): RefundView {
    const chosen = units(input);
    const left = [3, 1].map((sold, index) => sold - (this.back[index] ?? 0));
    const tooMany = chosen.map((count, index) => count > (left[index] ?? 0));
    const isWrong = tooMany.includes(true);
    const money = chosen.map((count, index) => (isWrong ? 0 : count * (prices[index] ?? 0)));
    const value = money.reduce((sum, part) => sum + part, 0);
    const kind = input.tender === "" ? (this.kinds[0] ?? "cash") : input.tender;
    const named = input.reason !== "" || input.note !== "";
    return {
      sale: sale(this.#number),
      lines: ["Capuchino", "Cafetera"].map((name, index) => ({
        name,
        sold: index === 0 ? "3" : "1",
        left: String(left[index]),
        net: index === 0 ? 900_000 : 1_500_000,
        money: money[index] ?? 0,
        said: (this.back[index] ?? 0) > 0 ? `${String(this.back[index])} el 21/11/2026` : "",
        trouble: tooMany[index] ? `Quedan ${String(left[index])}.` : "",
      })),
      earlier: [],
      value,
      money: value,
      tenders: value > 0 ? [{ kind, name: "Efectivo", amount: value }] : [],
      kinds: [...this.kinds],
      kind,
      effects: value > 0 ? [{ tone: "warn", sentence: "Se retiran 9 puntos." }] : [],
      refusal: left.every((count) => count === 0) ? "Todo ya se devolvió." : "",
      missing: value === 0 ? "Elija qué vuelve." : named ? "" : "Elija el motivo.",
      approval: value >= 1_000_000 ? "Un gerente tiene que aprobarla con su PIN." : "",
      reasons,
      said: "Lo que sabe esta caja.",
      is_whole: false,
      can_ask: true,
    };
  }
}

const empty: RefundInput = { lines: [], tender: "", reason: "", note: "", seen: 0 };

function units(input: RefundInput): number[] {
  return [0, 1].map((index) => Number((input.lines[index] ?? "").replace(",", ".")) || 0);
}

function sale(number: string): UndoneSale {
  return {
    id: "sale",
    receipt: number,
    when: "21/11/2026 10:42 · Centro",
    customer: "José Ángel Muñoz Peña",
    total: 2_400_000,
    tenders: [{ kind: "cash", name: "Efectivo", amount: 2_400_000 }],
  };
}

function receipt(kind: "refund" | "void", total: number): ReceiptView {
  return {
    kind,
    sale_id: "undo-1",
    receipt: "C1-7K00002",
    text: "COMPROBANTE DE DEVOLUCIÓN",
    total,
    change: 0,
    points_earned: -9,
    points_spent: 0,
    tier_up: null,
    badges: [],
    square: null,
    balance: 1_231,
    said: "Devolución guardada. Se está enviando.",
  };
}
