import { cleanup, configure, render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryTill } from "../../tests/memory";
import Window from "../Window.svelte";
import { speech } from "../language/language.svelte";

// The machine may be busy with other work.
configure({ asyncUtilTimeout: 5_000 });

let till: MemoryTill;
const hand = userEvent.setup({ delay: 45 });

beforeEach(() => {
  speech.current = "es";
  till = new MemoryTill();
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  Element.prototype.scrollTo = () => undefined;
});
afterEach(() => {
  cleanup();
  localStorage.clear();
});

/** Unlocked, with José at the counter. */
async function withJose(): Promise<void> {
  render(Window, { api: till.api });
  await screen.findByLabelText("PIN");
  await hand.keyboard("1234{Enter}");
  await screen.findByRole("combobox");
  await hand.keyboard("jos");
  await screen.findByText("José Ángel Muñoz Peña");
  await hand.keyboard("{Alt>}1{/Alt}");
  await screen.findByText("340 puntos para Diamante");
}

async function troubles(): Promise<string[]> {
  const rules = { "color-contrast": { enabled: false } };
  const found = await axe.run(document.body, { rules });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
}

test("the counter shows the newest badge, how many more, and the nearest challenge", async () => {
  await withJose();
  const line = document.querySelector("[data-merit]")?.textContent.replace(/\s+/g, " ") ?? "";
  expect(line).toContain("Nueva: Explorador");
  expect(line).toContain("+1");
  expect(line).toContain("2 de 3 compras esta semana");
});

test("badges, challenges and the parts of the score are one key away", async () => {
  await withJose();
  await hand.keyboard("{Control>}w{/Control}");
  expect(await screen.findByText("Puntaje 64 de 100")).toBeTruthy();
  const way = screen.getByRole("progressbar", { name: /Qué tan seguido viene: 80/ });
  expect(way.getAttribute("aria-valuenow")).toBe("8000");
  expect(screen.getByText(/Días con compra: 8 de 10 en los últimos 90/)).toBeTruthy();
  expect(screen.getByText("50 puntos")).toBeTruthy();
  expect(screen.getByText("Primera vez")).toBeTruthy();
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Control>}h{/Control}");
  await screen.findByText("Compra C1-00002");
  await hand.click(screen.getByRole("button", { name: /Logros/ }));
  await screen.findByText("Puntaje 64 de 100");
});

test("a badge that a sale wins is a moment on the screen and is heard", async () => {
  await withJose();
  await hand.keyboard("CAP-01{Enter}");
  await screen.findByLabelText("Cantidad de Capuchino de la casa");
  await hand.keyboard("[F9]");
  await screen.findByLabelText("Recibe");
  await hand.keyboard("{Enter}");
  await vi.waitFor(() => {
    expect(document.querySelector("[data-badge-won=regular]")).toBeTruthy();
    expect(
      screen.getAllByText("¡Gana la insignia Cliente fiel! Felicite al cliente."),
    ).toHaveLength(2);
  });
  expect(screen.getByRole("img", { name: "Código QR del comprobante" })).toBeTruthy();
  expect(await troubles()).toEqual([]);
});

test("the leaderboard is of the month, marks who is here, and Alt and a number changes the days", async () => {
  await withJose();
  await hand.keyboard("{Control>}o{/Control}");
  const table = await screen.findByRole("table");
  const rows = within(table).getAllByRole("row");
  expect(rows[1]?.textContent).toContain("está aquí");
  expect(rows[2]?.getAttribute("aria-current")).toBeNull();
  expect(screen.getByRole("button", { name: /Este mes/ }).getAttribute("aria-pressed")).toBe(
    "true",
  );
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Alt>}1{/Alt}");
  expect(await screen.findByText("Nadie ha ganado puntos en estos días.")).toBeTruthy();
});

test("a wait for the next PIN is counted down, also while somebody types", async () => {
  render(Window, { api: till.api });
  await screen.findByLabelText("PIN");
  await hand.keyboard("0000{Enter}");
  expect(await screen.findByText("Otra vez en 0:02")).toBeTruthy();
  await hand.keyboard("1");
  expect(screen.queryByText("Demasiados intentos.")).toBeNull();
  expect(screen.getByRole("timer")).toBeTruthy();
  expect(await troubles()).toEqual([]);
  await vi.waitFor(() => expect(screen.queryByRole("timer")).toBeNull(), 5_000);
});
