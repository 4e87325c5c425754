import { screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MemoryTill } from "../../tests/memory";
import { freshTill, hand, scanner, tidyUp, troubles, unlocked } from "../../tests/window";

let till: MemoryTill;

beforeEach(() => {
  till = freshTill();
});
afterEach(tidyUp);

/** Unlocks; answers the box. */
const open = () => unlocked(till);

test("who was not found is enrolled in two fields, with the words they agree to", async () => {
  const box = await open();
  await hand.keyboard("zulema");
  await screen.findByText(/Nada coincide/);
  await hand.keyboard("{Control>}n{/Control}");
  const name = await screen.findByLabelText<HTMLInputElement>("Nombre");
  expect(name.value).toBe("zulema");
  expect(screen.getByText(/Autoriza a Café-VT/)).toBeTruthy();
  const phone = screen.getByLabelText("Teléfono");
  await vi.waitFor(() => expect(document.activeElement).toBe(phone));
  expect(await troubles()).toEqual([]);
  await hand.keyboard("300 555 5566{Enter}");
  expect(await screen.findByText("zulema ya es cliente y está en esta venta.")).toBeTruthy();
  expect(till.saved).toHaveLength(1);
  expect(till.saved[0]).toMatchObject({ id: null, phone: "300 555 5566", marketing: false });
  expect(document.activeElement).toBe(box);
});

test("digits that fit nobody become the phone", async () => {
  await open();
  await hand.keyboard("3005551122{Control>}n{/Control}");
  const phone = await screen.findByLabelText<HTMLInputElement>("Teléfono");
  expect(phone.value).toBe("3005551122");
  const name = screen.getByLabelText("Nombre");
  await vi.waitFor(() => expect(document.activeElement).toBe(name));
});

test("a customer who is there already is named and taken with one key", async () => {
  await open();
  await hand.keyboard("{Control>}n{/Control}");
  await screen.findByLabelText("Nombre");
  await hand.keyboard("Jose{Tab}3001234471{Enter}");
  expect(await screen.findByText(/ya es cliente con ese teléfono/)).toBeTruthy();
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Alt>}1{/Alt}");
  expect(await screen.findByText("340 puntos para Diamante")).toBeTruthy();
  expect(screen.queryByLabelText("Nombre")).toBeNull();
});

test("a field that is wrong is named, and what was typed stays", async () => {
  await open();
  await hand.keyboard("{Control>}n{/Control}");
  const name = await screen.findByLabelText<HTMLInputElement>("Nombre");
  await hand.keyboard("{Tab}3005551122{Enter}");
  expect(await screen.findByText(/Falta el nombre/)).toBeTruthy();
  await vi.waitFor(() => expect(document.activeElement).toBe(name));
  expect(name.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByLabelText<HTMLInputElement>("Teléfono").value).toBe("3005551122");
});

test("a scan that nobody knows is the new card, and never lands in a field", async () => {
  await open();
  await hand.keyboard("{Control>}n{/Control}");
  const name = await screen.findByLabelText<HTMLInputElement>("Nombre");
  await scanner.keyboard("9990001112223{Enter}");
  const card = await screen.findByLabelText<HTMLInputElement>("Tarjeta");
  expect(card.value).toBe("9990001112223");
  expect(name.value).toBe("");
  expect(till.saved).toEqual([]);
});

test("the history shows this till's own at once, every store's behind it, and more on demand", async () => {
  await open();
  await hand.keyboard("jos");
  await screen.findByText("José Ángel Muñoz Peña");
  await hand.keyboard("{Alt>}1{/Alt}");
  await screen.findByText("340 puntos para Diamante");
  await hand.keyboard("{Control>}h{/Control}");
  expect(await screen.findByText(/Compra C2-00007/)).toBeTruthy();
  expect(screen.getAllByText(/Oro × 1,5/).length).toBeGreaterThan(0);
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Control>}m{/Control}");
  expect(await screen.findByText(/Compra C2-00003/)).toBeTruthy();
  await hand.keyboard("{Control>}e{/Control}");
  expect(await screen.findByText(/Su código de referido: K7M2Q9X5/)).toBeTruthy();
  await hand.keyboard("{Escape}");
  expect(await screen.findByText(/Compra C2-00007/)).toBeTruthy();
});

test("without the server the history says until when this till knows", async () => {
  till.sync = { ...till.sync, state: "offline" };
  await open();
  await hand.keyboard("jos");
  await screen.findByText("José Ángel Muñoz Peña");
  await hand.keyboard("{Alt>}1{/Alt}");
  await screen.findByText("340 puntos para Diamante");
  await hand.keyboard("{Control>}h{/Control}");
  expect(await screen.findByText(/El servidor no respondió/)).toBeTruthy();
  expect(screen.getByText(/Lo que sabe esta caja, hasta/)).toBeTruthy();
  expect(screen.getByText(/Compra C1-00002/)).toBeTruthy();
});

test("who brought a new customer is a code that is scanned or a name that is typed", async () => {
  await open();
  await hand.keyboard("{Control>}n{/Control}");
  await screen.findByLabelText("Nombre");
  await scanner.keyboard("K7M2Q9X5{Enter}");
  expect(await screen.findByText("K7M2Q9X5")).toBeTruthy();
  await hand.keyboard("Zulema{Tab}300 555 5566");
  expect(await troubles()).toEqual([]);
  await hand.click(screen.getByRole("button", { name: "Elegir a otra persona" }));
  await hand.keyboard("jos");
  await screen.findByText("Josefa Ibáñez");
  await hand.keyboard("{Enter}");
  expect(await screen.findByText(/Elija con Alt y el número/)).toBeTruthy();
  expect(till.saved).toEqual([]);
  await hand.keyboard("{Alt>}2{/Alt}");
  const phone = screen.getByLabelText("Teléfono");
  await hand.click(phone);
  await hand.keyboard("{Enter}");
  await vi.waitFor(() => expect(till.saved).toHaveLength(1));
  expect(till.saved[0]?.referrer).toEqual({ id: "c2", code: null });
});

test("before the first purchase a scanned referral code is enough, and a refusal says why", async () => {
  await open();
  await hand.keyboard("josefa");
  await screen.findByText("Josefa Ibáñez");
  await hand.keyboard("{Alt>}1{/Alt}");
  await screen.findByText("¿Quién lo trajo?");
  await scanner.keyboard("K7M2Q9X5{Enter}");
  expect(await screen.findByText("Queda anotado.")).toBeTruthy();
  await hand.keyboard("{Control>}r{/Control}");
  const who = await screen.findByLabelText("¿Quién lo trajo?");
  await vi.waitFor(() => expect(document.activeElement).toBe(who));
  expect(await troubles()).toEqual([]);
  await hand.keyboard("josefa{Enter}");
  expect(await screen.findByText(/Nadie puede referirse a sí mismo/)).toBeTruthy();
});

async function withJose(): Promise<void> {
  await open();
  await hand.keyboard("jos");
  await screen.findByText("José Ángel Muñoz Peña");
  await hand.keyboard("{Alt>}1{/Alt}");
  await screen.findByText("340 puntos para Diamante");
}

test("two records are compared side by side and become one with a manager's PIN", async () => {
  await withJose();
  await hand.keyboard("{Control>}g{/Control}");
  const other = await screen.findByLabelText("¿Cuál es la otra ficha?");
  await vi.waitFor(() => expect(document.activeElement).toBe(other));
  await hand.keyboard("josefa{Enter}");
  expect((await screen.findAllByText("1240")).length).toBe(2);
  expect(screen.getByText(/el otro sigue sirviendo/)).toBeTruthy();
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Control>}m{/Control}");
  await vi.waitFor(() => {
    const heads = screen.getAllByRole("columnheader").map((head) => head.textContent);
    expect(heads[1]).toContain("Josefa");
  });
  await hand.keyboard("{Control>}{Enter}{/Control}");
  await screen.findByText(/Unir la ficha de José/);
  await hand.keyboard("1234{Enter}");
  expect(await screen.findByText(/no es de un gerente/)).toBeTruthy();
  expect(till.merged).toEqual([]);
  await hand.keyboard("9876{Enter}");
  expect(await screen.findByText("Las dos fichas son una.")).toBeTruthy();
  expect(till.merged).toEqual([["c2", "c1"]]);
});

test("points by hand say what is wrong before a manager is fetched, and Esc goes one step back", async () => {
  await withJose();
  await hand.keyboard("{Control>}j{/Control}");
  const points = await screen.findByLabelText<HTMLInputElement>("Puntos");
  await vi.waitFor(() => expect(document.activeElement).toBe(points));
  await hand.keyboard("501{Enter}");
  expect(await screen.findByText("Son más de 500 puntos.")).toBeTruthy();
  expect(screen.queryByLabelText(/PIN/)).toBeNull();
  await hand.clear(points);
  await hand.type(points, "-50");
  expect(points.value).toBe("50");
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Alt>}1{/Alt}{Control>}{Enter}{/Control}");
  expect(await screen.findByText(/Quitar 50 puntos a José/)).toBeTruthy();
  await hand.keyboard("{Escape}");
  expect(await screen.findByLabelText("Puntos")).toBeTruthy();
  await hand.keyboard("{Control>}{Enter}{/Control}");
  await screen.findByText(/Quitar 50 puntos a José/);
  await hand.keyboard("9876{Enter}");
  expect(await screen.findByText("50 puntos a mano.")).toBeTruthy();
  expect(till.adjusted).toMatchObject([{ takes: true, points: "50", reason: "missed_sale" }]);
});

test("somebody chosen with Alt and a number is taken with the next Enter, also when a mouse chose", async () => {
  await withJose();
  await hand.keyboard("{Control>}g{/Control}");
  const other = await screen.findByLabelText("¿Cuál es la otra ficha?");
  await vi.waitFor(() => expect(document.activeElement).toBe(other));
  await hand.keyboard("jos");
  await screen.findByText("Josefa Ibáñez");
  await hand.keyboard("{Enter}");
  expect(await screen.findByText(/Elija con Alt y el número/)).toBeTruthy();
  await hand.keyboard("{Alt>}2{/Alt}{Enter}");
  expect((await screen.findAllByText("1240")).length).toBe(2);
  await hand.keyboard("{Escape}");
  await hand.keyboard("josefa");
  await screen.findByText("Josefa Ibáñez");
  await hand.keyboard("{Alt>}1{/Alt}{Control>}r{/Control}");
  await screen.findByLabelText("¿Quién lo trajo?");
  await hand.keyboard("jos");
  await hand.click(await screen.findByText("José Ángel Muñoz Peña"));
  await hand.keyboard("{Enter}");
  expect(await screen.findByText("Queda anotado.")).toBeTruthy();
});

test("whoever is chosen in the form of a new customer leaves the focus where the next field is", async () => {
  await open();
  await hand.keyboard("Zulema");
  await screen.findByText(/Nada coincide/);
  await hand.keyboard("{Control>}n{/Control}");
  await screen.findByLabelText("Nombre");
  await hand.type(screen.getByLabelText("Teléfono"), "300 555 5566");
  await hand.click(screen.getByLabelText("¿Quién lo trajo?"));
  await hand.keyboard("jos");
  await screen.findByText("Josefa Ibáñez");
  await hand.keyboard("{Alt>}2{/Alt}{Enter}");
  await vi.waitFor(() => expect(till.saved).toHaveLength(1));
  expect(till.saved[0]?.referrer).toEqual({ id: "c2", code: null });
});

test("Ctrl and a number names the reason of points by hand, and a correction takes the old trouble away", async () => {
  await withJose();
  await hand.keyboard("{Control>}j{/Control}");
  const points = await screen.findByLabelText<HTMLInputElement>("Puntos");
  await vi.waitFor(() => expect(document.activeElement).toBe(points));
  await hand.keyboard("501{Enter}");
  expect(await screen.findByText("Son más de 500 puntos.")).toBeTruthy();
  await hand.keyboard("{Backspace}");
  expect(screen.queryByText("Son más de 500 puntos.")).toBeNull();
  await hand.keyboard("{Control>}5{/Control}{Enter}");
  expect(await screen.findByText(/Dar 50 puntos a José/)).toBeTruthy();
  await hand.keyboard("9876{Enter}");
  await vi.waitFor(() => expect(till.adjusted).toMatchObject([{ reason: "other" }]));
});

test("nobody is enrolled by an Enter before the end of the consent has been on the screen", async () => {
  await open();
  const height = vi.spyOn(Element.prototype, "scrollHeight", "get").mockReturnValue(200);
  const shown = vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(120);
  await hand.keyboard("zulema");
  await screen.findByText(/Nada coincide/);
  await hand.keyboard("{Control>}n{/Control}");
  const phone = await screen.findByLabelText("Teléfono");
  await vi.waitFor(() => expect(document.activeElement).toBe(phone));
  expect(await screen.findByText(/El texto sigue/)).toBeTruthy();
  await hand.keyboard("300 555 5566{Enter}");
  await vi.waitFor(() => expect(screen.queryByText(/El texto sigue/)).toBeNull());
  expect(till.saved).toEqual([]);
  await hand.keyboard("{Enter}");
  await vi.waitFor(() => expect(till.saved).toHaveLength(1));
  height.mockRestore();
  shown.mockRestore();
});
