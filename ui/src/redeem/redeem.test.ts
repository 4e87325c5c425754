import { screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MemoryTill } from "../../tests/memory";
import { freshTill, hand, start, tidyUp, troubles, unlocked } from "../../tests/window";

let till: MemoryTill;

beforeEach(() => {
  till = freshTill();
});
afterEach(tidyUp);

/** José with 1.240 points and two bags of coffee for $ 76.000, at the counter. */
async function open(): Promise<HTMLElement> {
  const box = await unlocked(till);
  await hand.keyboard("jos");
  await screen.findByText("José Ángel Muñoz Peña");
  await hand.keyboard("{Alt>}1{/Alt}");
  await screen.findByText("340 puntos para Diamante");
  till.basket.lines = [{ name: "Café", sku: "GRA-500", quantity: 2, unit_price: 3_800_000 }];
  return box;
}

async function field(): Promise<HTMLInputElement> {
  await hand.keyboard("[F6]");
  const found = await screen.findByLabelText<HTMLInputElement>("Usar");
  await vi.waitFor(() => expect(document.activeElement).toBe(found));
  return found;
}

test("F6 offers the most that points can pay, and Enter reserves it", async () => {
  const box = await open();
  const points = await field();
  expect(points.placeholder).toBe("1.240");
  expect(await screen.findByText(/Pagan \$\s12\.400/)).toBeTruthy();
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Enter}");
  await vi.waitFor(() => expect(till.basket.points).toBe(1_240));
  expect(await screen.findByText("1.240 puntos pagan")).toBeTruthy();
  expect(screen.getByRole("button", { name: /Cobrar.*63\.600/s })).toBeTruthy();
  expect(document.activeElement).toBe(box);
});

test("points that cannot be used are said while they are typed, and reserve nothing", async () => {
  await open();
  await field();
  await hand.keyboard("99");
  expect(await screen.findByText(/Se canjean al menos 100 puntos/)).toBeTruthy();
  await hand.keyboard("{Enter}");
  expect(till.calls).not.toContain("redeemPoints");
  await hand.keyboard("x");
  expect(await screen.findByText(/No se entiende/)).toBeTruthy();
  await hand.keyboard("{Backspace}{Backspace}{Backspace}250{Enter}");
  await vi.waitFor(() => expect(till.basket.points).toBe(250));
});

test("zero gives the points up, and so does the button in the basket", async () => {
  await open();
  await field();
  await hand.keyboard("250{Enter}");
  await screen.findByText("250 puntos pagan");
  await field();
  await hand.keyboard("0{Enter}");
  await vi.waitFor(() => expect(screen.queryByText(/puntos pagan$/)).toBeNull());
  await field();
  await hand.keyboard("250{Enter}");
  await hand.click(await screen.findByRole("button", { name: "No usar puntos" }));
  await vi.waitFor(() => expect(till.basket.points).toBe(0));
});

test("what is left after points is what has to be paid", async () => {
  await open();
  await field();
  await hand.keyboard("{Enter}");
  await screen.findByText("1.240 puntos pagan");
  await hand.keyboard("[F9]");
  const given = await screen.findByLabelText<HTMLInputElement>("Recibe");
  await vi.waitFor(() => expect(given.placeholder.replaceAll(/\s/g, "")).toBe("$63.600"));
  await hand.keyboard("{Enter}");
  expect(await screen.findByText("Puntos usados: 1.240")).toBeTruthy();
});

test("a reward is used by its number, one that cannot be had says why", async () => {
  await open();
  await field();
  const closed = await screen.findByText("faltan 6760 puntos");
  expect(closed.closest("[data-reward]")?.getAttribute("data-open")).toBe("false");
  await hand.keyboard("{Alt>}3{/Alt}");
  expect(till.calls).not.toContain("applyReward");
  await hand.keyboard("{Alt>}1{/Alt}");
  expect(till.calls).not.toContain("applyReward");
  await hand.keyboard("{Alt>}2{/Alt}");
  await vi.waitFor(() => expect(till.calls).toContain("applyReward"));
});

test("a coupon is made, shown for printing, and gives its points back", async () => {
  await open();
  await field();
  await hand.keyboard("{Control>}1{/Control}");
  expect(await screen.findByText(/CUPÓN DE RECOMPENSA/)).toBeTruthy();
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Escape}");
  await screen.findByText("RWD1");
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Shift>}{Alt>}4{/Alt}{/Shift}");
  await vi.waitFor(() => expect(till.coupons).toEqual([]));
});

test("F6 without a customer asks for one", async () => {
  await start(till);
  await hand.keyboard("1234{Enter}");
  await screen.findByRole("combobox");
  await hand.keyboard("[F6]");
  expect(await screen.findByText("Los puntos son de un cliente: búsquelo primero.")).toBeTruthy();
  expect(till.calls).not.toContain("redeemView");
});

test("a higher tier is shown and said, stops nobody, and is gone with the next action", async () => {
  await open();
  till.basket.lines = [{ name: "Chemex", sku: "CHE", quantity: 1, unit_price: 12_000_000 }];
  till.stale("counter");
  await screen.findByLabelText("Cantidad de Chemex");
  await hand.keyboard("[F9]");
  await screen.findByLabelText("Recibe");
  await hand.keyboard("{Enter}");
  const said = await screen.findAllByText(/¡Sube a Diamante!/);
  expect(said.some((element) => element.closest("[data-tier-up]"))).toBe(true);
  expect(said.some((element) => element.closest("[aria-live], [role=status]"))).toBe(true);
  expect(await troubles()).toEqual([]);
  expect(screen.getByRole("combobox")).toBe(document.activeElement);
  await hand.keyboard("CAP-01{Enter}");
  await screen.findByLabelText("Cantidad de Capuchino de la casa");
  expect(screen.queryByText(/¡Sube a Diamante!/)).toBeNull();
});
