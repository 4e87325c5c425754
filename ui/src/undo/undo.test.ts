import { screen, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MemoryTill } from "../../tests/memory";
import { ELSEWHERE, OWN } from "../../tests/undo";
import { freshTill, hand, scanner, tidyUp, troubles, unlocked } from "../../tests/window";

let till: MemoryTill;

beforeEach(() => {
  till = freshTill();
});
afterEach(tidyUp);

/** Unlocks; answers the box. */
const open = () => unlocked(till);

const units = () => screen.findByLabelText<HTMLInputElement>(/de Capuchino vuelven/);
const button = (name: RegExp) => screen.findByRole<HTMLButtonElement>("button", { name });

test("a sale is given back in part by keyboard alone", async () => {
  await open();
  await hand.keyboard(`${OWN}{Enter}`);
  const field = await units();
  await vi.waitFor(() => expect(document.activeElement).toBe(field));
  expect((await button(/^Devolver \$/)).disabled).toBe(true);
  await hand.keyboard("1");
  expect(await screen.findByText("Se retiran 9 puntos.")).toBeTruthy();
  expect(await screen.findByText("Elija el motivo.")).toBeTruthy();
  await hand.keyboard("{Control>}5{/Control}");
  await vi.waitFor(async () => expect((await button(/^Devolver \$/)).disabled).toBe(false));
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("COMPROBANTE DE DEVOLUCIÓN")).toBeTruthy();
  expect(till.returns.refunds).toMatchObject([
    { lines: ["1", ""], reason: "changed-mind", tender: "cash", seen: 300_000 },
  ]);
});

test("everything needs a manager, whose PIN is typed over the basket", async () => {
  await open();
  await hand.keyboard(`${OWN}{Enter}`);
  await units();
  await hand.keyboard("{Alt>}0{/Alt}");
  await hand.click(screen.getByLabelText(/Se arrepintió/));
  await hand.keyboard("{Control>}2{/Control}");
  await vi.waitFor(async () => expect((await button(/^Devolver \$/)).disabled).toBe(false));
  await hand.keyboard("{Control>}{Enter}{/Control}");
  const pin = await screen.findByLabelText("PIN del gerente");
  await vi.waitFor(() => expect(document.activeElement).toBe(pin));
  expect(await troubles()).toEqual([]);
  await hand.keyboard("1234{Enter}");
  expect(await screen.findByText(/Ese PIN no es de un gerente/)).toBeTruthy();
  // A scan confirms nothing, also here.
  await scanner.keyboard("808080{Enter}");
  expect(till.returns.refunds).toEqual([]);
  await hand.keyboard("{Escape}");
  await hand.click(await screen.findByLabelText("PIN del gerente"));
  await hand.keyboard("8080{Enter}");
  expect(await screen.findByText("COMPROBANTE DE DEVOLUCIÓN")).toBeTruthy();
  expect(till.returns.refunds).toMatchObject([{ lines: ["3", "1"], tender: "card" }]);
});

test("Esc goes back from the PIN to the choice, which stays", async () => {
  await open();
  await hand.keyboard(`${OWN}{Enter}`);
  await units();
  await hand.keyboard("{Alt>}2{/Alt}");
  await hand.click(screen.getByLabelText(/Se arrepintió/));
  await hand.click(await button(/^Devolver \$/));
  await screen.findByLabelText("PIN del gerente");
  await hand.keyboard("{Escape}");
  const boiler = await screen.findByLabelText<HTMLInputElement>(/de Cafetera vuelven/);
  expect(boiler.value).toBe("1");
});

test("more than what is left is said at its line and cannot be confirmed", async () => {
  till.returns.back[0] = 2;
  await open();
  await hand.keyboard(`${OWN}{Enter}`);
  await units();
  expect(await screen.findByText("Ya se devolvió: 2 el 21/11/2026")).toBeTruthy();
  await hand.type(await units(), "2");
  expect(await screen.findByText("Quedan 1.")).toBeTruthy();
  expect((await button(/^Devolver \$/)).disabled).toBe(true);
});

test("another till's sale is asked of the server, and without it the sentence says what to do", async () => {
  await open();
  await hand.keyboard(`${ELSEWHERE}{Enter}`);
  await units();
  expect(await screen.findByText("Según el servidor.")).toBeTruthy();
  till.sync = { ...till.sync, state: "offline" };
  await hand.keyboard("{Escape}");
  await hand.keyboard(`${ELSEWHERE}{Enter}`);
  expect(await screen.findByText(/El servidor no responde/)).toBeTruthy();
});

test("Ctrl+Z takes steps of the basket back, and then offers to void the last sale", async () => {
  await open();
  await hand.keyboard("CAP-01{Enter}");
  await screen.findByLabelText("Cantidad de Capuchino de la casa");
  await hand.keyboard("{Control>}z{/Control}");
  await vi.waitFor(() => expect(till.basket.lines).toEqual([]));
  await hand.keyboard("{Control>}z{/Control}");
  const title = await screen.findByText(/Anular la última venta/);
  expect(within(document.body).getByText("VERANO10 se puede usar otra vez.")).toBeTruthy();
  expect(await troubles()).toEqual([]);
  // Neither a hand that strikes it again nor a scanner voids anything.
  await hand.keyboard("{Control>}z{/Control}{Enter}");
  await scanner.keyboard("7701234567890{Enter}");
  expect(till.returns.isVoided).toBe(false);
  expect(title).toBeTruthy();
  await hand.keyboard("{Escape}{Control>}z{/Control}");
  await screen.findByText(/Anular la última venta/);
  // A void takes a reason and, as much as a refund does, a manager.
  await hand.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("Elija el motivo.")).toBeTruthy();
  expect(screen.queryByLabelText("PIN del gerente")).toBeNull();
  await hand.keyboard("{Control>}4{/Control}");
  expect(screen.queryByText("Elija el motivo.")).toBeNull();
  await hand.keyboard("{Control>}{Enter}{/Control}");
  await screen.findByLabelText("PIN del gerente");
  expect(till.returns.isVoided).toBe(false);
  await hand.keyboard("8080{Enter}");
  await vi.waitFor(() => expect(till.returns.isVoided).toBe(true));
  expect(await screen.findByText("Entregue al cliente")).toBeTruthy();
});

test("the scanned number of a receipt opens its refund, whatever screen is open", async () => {
  await open();
  await hand.keyboard("{Control>}d{/Control}");
  await vi.waitFor(() => expect(document.querySelector("[data-screen=today]")).toBeTruthy());
  await hand.keyboard("{Shift}{Shift}");
  // As quick as a scanner, however busy the machine.
  for (const key of [...Array.from(OWN), "Enter"]) {
    const stroke = { key, bubbles: true, cancelable: true };
    (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", stroke));
  }
  expect(await units()).toBeTruthy();
});

test("money comes back in the means that the till says, by the keys of their places", async () => {
  till.returns.kinds = ["card", "gift_card"];
  await open();
  await hand.keyboard(`${OWN}{Enter}`);
  await units();
  await hand.keyboard("1");
  const group = await screen.findByRole("group", { name: "Cómo se devuelve el dinero" });
  const names = within(group).getAllByRole("button");
  const shown = names.map((one) => one.textContent.replaceAll(/\s+/g, " ").trim());
  expect(shown).toEqual(["Tarjeta Ctrl+1", "Tarjeta de regalo Ctrl+2"]);
  await hand.keyboard("{Control>}2{/Control}");
  await vi.waitFor(() => expect(names[1]?.getAttribute("aria-pressed")).toBe("true"));
  await hand.keyboard("{Control>}5{/Control}");
  await vi.waitFor(async () => expect((await button(/^Devolver \$/)).disabled).toBe(false));
  await hand.keyboard("{Control>}{Enter}{/Control}");
  await vi.waitFor(() => expect(till.returns.refunds[0]?.tender).toBe("gift_card"));
});
