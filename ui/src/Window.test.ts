import { screen, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MemoryTill } from "../tests/memory";
import {
  enter,
  freshTill,
  hand,
  scanner,
  settled,
  show,
  start,
  tidyUp,
  troubles,
  unlocked,
} from "../tests/window";

let till: MemoryTill;

beforeEach(() => {
  till = freshTill();
});
afterEach(tidyUp);

/** Unlocks; answers the box. */
const open = () => unlocked(till);

test("a wrong PIN is said in words, and the right one opens the counter", async () => {
  await start(till);
  await hand.keyboard("1111{Enter}");
  expect(await screen.findByText("Ese PIN no es de nadie.")).toBeTruthy();
  await hand.keyboard("1");
  expect(screen.queryByText("Ese PIN no es de nadie.")).toBeNull();
  await hand.keyboard("234{Enter}");
  expect(await screen.findByRole("combobox")).toBe(document.activeElement);
});

test("a sale by keyboard alone: customer, product, code, cash, receipt", async () => {
  const box = await open();
  await hand.keyboard("jos");
  await screen.findByText("José Ángel Muñoz Peña");
  await hand.keyboard("{Alt>}1{/Alt}");
  expect(await screen.findByText("340 puntos para Diamante")).toBeTruthy();
  await enter("CAP-01");
  await screen.findByLabelText("Cantidad de Capuchino de la casa");
  await enter("VERANO10");
  const code = await screen.findByText("VERANO10");
  expect(code.closest("[data-tone]")?.getAttribute("data-tone")).toBe("good");
  expect(box).toBe(document.activeElement);
  await hand.keyboard("[F9]");
  await hand.type(await screen.findByLabelText("Recibe"), "10000");
  expect(await screen.findByText(/1\.180/)).toBeTruthy();
  await hand.keyboard("{Enter}");
  expect(await screen.findByText(/Este comprobante no es una factura/)).toBeTruthy();
  expect(till.sales).toHaveLength(1);
  expect(screen.getByRole("combobox")).toBe(document.activeElement);
});

test("Enter takes no customer while two fit", async () => {
  await open();
  await enter("jos");
  expect(await screen.findByText(/Alt y el número/)).toBeTruthy();
  expect(till.calls).not.toContain("setCustomer");
});

test("what led to nothing is replaced by what is typed next", async () => {
  const box = await open();
  await enter("xyz?");
  await settled();
  expect(box).toMatchObject({ value: "xyz?", selectionStart: 0, selectionEnd: 4 });
  await enter("CAP-01");
  await screen.findByLabelText("Cantidad de Capuchino de la casa");
  expect(box).toMatchObject({ value: "" });
});

test("what led to nothing is replaced by what a quick hand types while it is read", async () => {
  await open();
  const { readBox } = till.api;
  let answer: (() => void) | undefined;
  const late = new Promise<void>((resolve) => (answer = resolve));
  till.api.readBox = async (text) => {
    await late;
    return readBox(text);
  };
  await hand.keyboard("xyz?{Enter}CAP-01");
  answer?.();
  await enter("");
  await screen.findByLabelText("Cantidad de Capuchino de la casa");
});

test("what the till refused is replaced by what is typed next", async () => {
  const box = await open();
  till.api.addProduct = () =>
    Promise.resolve({
      status: "error",
      error: { code: "no", message: "Ahora no.", hint: "", wait_s: null },
    });
  await enter("CAP-01");
  await screen.findByText(/Ahora no/);
  await settled();
  expect(box).toMatchObject({ value: "CAP-01", selectionStart: 0, selectionEnd: 6 });
});

test("a refused code keeps its sentence on the screen", async () => {
  await open();
  await enter("ESP-01");
  await enter("EXTRA10");
  const code = await screen.findByText("EXTRA10");
  const row = code.closest<HTMLElement>("[data-code=EXTRA10]");
  expect(row?.textContent).toContain("[minimum_not_met]");
});

test("a manager lets a code join that this till holds no right to", async () => {
  await open();
  await enter("ESP-01");
  await enter("ESCASO");
  await screen.findAllByText(/no tiene usos reservados/);
  await hand.click(screen.getByRole("button", { name: "Permitir con PIN" }));
  expect(await screen.findByText("Permitir ESCASO sin usos reservados")).toBeTruthy();
  await hand.keyboard("1234{Enter}");
  expect(await screen.findByText(/Ese PIN no es de un gerente/)).toBeTruthy();
  expect(till.allowed).toEqual([]);
  await hand.keyboard("9876{Enter}");
  expect(await screen.findByText("Un gerente permitió ESCASO.")).toBeTruthy();
  const row = (await screen.findByText("ESCASO")).closest("[data-tone]");
  expect(row?.getAttribute("data-tone")).toBe("good");
  expect(screen.getByRole("combobox")).toBe(document.activeElement);
});

test("Esc leaves the code of a manager's PIN refused", async () => {
  await open();
  await enter("ESCASO");
  await screen.findByRole("button", { name: "Permitir con PIN" });
  await hand.keyboard("{Control>}y{/Control}");
  await screen.findByText("Permitir ESCASO sin usos reservados");
  await hand.keyboard("{Escape}");
  await screen.findAllByText(/no tiene usos reservados/);
  expect(till.calls).not.toContain("allowCode");
});

test("what is probably wrong with a mistyped code is said before anybody applies it", async () => {
  await open();
  await hand.keyboard("OTONO99");
  await screen.findByText(/Revise la ortografía\./);
  const apply = screen.getByRole("button", { name: /Aplicar/ });
  expect(apply.className).not.toContain("bg-accent ");
});

test("the newest refusal is said under the box, stands first and is brought into sight", async () => {
  const sights = vi.spyOn(Element.prototype, "scrollIntoView");
  await open();
  await enter("ESP-01");
  await enter("EXTRA10");
  await enter("OTONO99");
  await screen.findByText(/Revise el texto\.$/, { selector: "[role=status] span" });
  const rows = [...document.querySelectorAll("[data-tone=bad]")];
  expect(rows.map((row) => row.getAttribute("data-code"))).toEqual(["OTONO99", "EXTRA10"]);
  expect(sights.mock.contexts.map((row) => (row as Element).getAttribute("data-code"))).toEqual([
    "EXTRA10",
    "OTONO99",
  ]);
  await hand.keyboard("{Shift>}{Alt>}1{/Alt}{/Shift}");
  await settled();
  expect(till.basket.codes).toEqual(["EXTRA10"]);
});

test("a code says what it was taken off, what cut it, and what is missing to its next step", async () => {
  await open();
  await enter("CAP-01");
  await enter("ESCALERA");
  const next = await screen.findByText("Faltan $ 12.000 para 10 %.");
  const row = next.closest<HTMLElement>("[data-code=ESCALERA]");
  const words = row?.textContent.replace(/\s+/g, " ") ?? "";
  expect(words).toContain("En toda la compra");
  expect(words).toContain("Tope de $ 100 alcanzado: sin tope serían $ 150. [truncated]");
  expect(screen.getByText("[truncated]").className).toContain("text-xs");
});

test("an offer is taken by Alt and its number; one that still lacks something says so and waits", async () => {
  await open();
  await hand.keyboard("jos");
  await screen.findByText("José Ángel Muñoz Peña");
  await hand.keyboard("{Alt>}1{/Alt}");
  const far = await screen.findByText("faltan $ 12.000");
  expect(far.closest("button")?.disabled).toBe(true);
  await hand.keyboard("{Alt>}2{/Alt}");
  await settled();
  expect(till.basket.codes).toEqual([]);
  await hand.keyboard("{Alt>}1{/Alt}");
  await settled();
  expect(till.basket.codes).toEqual(["EXTRA10"]);
});

test("Esc goes back one level at a time and loses nothing", async () => {
  await open();
  await enter("ESP-01");
  await hand.keyboard("[F9]");
  await hand.type(await screen.findByLabelText("Recibe"), "5000");
  await hand.keyboard("{Escape}");
  expect(screen.queryByLabelText("Recibe")).toBeNull();
  expect(screen.getByLabelText("Cantidad de Espresso doble")).toBeTruthy();
  await hand.keyboard("[F9]");
  expect((await screen.findByLabelText<HTMLInputElement>("Recibe")).value).toBe("5000");
});

test("a refused quantity leaves the old one and says why", async () => {
  await open();
  await enter("ESP-01");
  await hand.keyboard("{Control>}{ArrowUp}{/Control}🙂{Enter}");
  expect(await screen.findByText(/no es una cantidad/)).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>(/Cantidad de/).value).toBe("1");
});

test("a tender that does not suffice is kept and the rest is asked for", async () => {
  await open();
  await enter("CAP-01");
  await hand.keyboard("[F9]");
  await hand.type(await screen.findByLabelText("Recibe"), "5000");
  await hand.keyboard("{Enter}{Control>}2{/Control}");
  await screen.findByRole("button", { name: "Quitar este pago" });
  await hand.keyboard("{Enter}");
  await screen.findByText(/no es una factura/);
  expect(till.sales[0]?.total).toBe(980_000);
});

test("an empty field after a kept tender of the same kind pays nothing", async () => {
  await open();
  await enter("CAP-01");
  await hand.keyboard("[F9]");
  await hand.type(await screen.findByLabelText("Recibe"), "5000");
  await hand.keyboard("{Enter}");
  await screen.findByRole("button", { name: "Quitar este pago" });
  for (const keys of ["{Shift}", "{Enter}", "{Enter}"]) {
    await hand.keyboard(keys);
    await settled();
    expect(screen.getByText("Falta").nextElementSibling?.textContent).toMatch(/4\.800/);
    expect(till.calls).not.toContain("pay");
  }
  await hand.type(screen.getByLabelText("Recibe"), "4800");
  await hand.keyboard("{Enter}");
  await screen.findByText(/no es una factura/);
  expect(till.sales[0]?.total).toBe(980_000);
});

test("an Enter that bounces keeps a tender and does not pay the rest with it", async () => {
  await open();
  await enter("CAP-01");
  await hand.keyboard("[F9]");
  await hand.type(await screen.findByLabelText("Recibe"), "5000");
  await scanner.keyboard("{Enter}{Enter}");
  await screen.findByRole("button", { name: "Quitar este pago" });
  await settled();
  expect(till.sales).toHaveLength(0);
});

test("a double click keeps a tender and does not pay the rest with it", async () => {
  await open();
  await enter("CAP-01");
  await hand.keyboard("[F9]");
  await hand.type(await screen.findByLabelText("Recibe"), "5000");
  await hand.dblClick(await screen.findByRole("button", { name: /Anotar y pedir/ }));
  await screen.findByRole("button", { name: "Quitar este pago" });
  await settled();
  expect(till.sales).toHaveLength(0);
});

test("two quick Enters pay once, and the receipt stays", async () => {
  await open();
  await enter("CAP-01");
  await hand.keyboard("[F9]");
  await screen.findByLabelText("Recibe");
  await scanner.keyboard("{Enter}{Enter}");
  await screen.findByText(/no es una factura/);
  await settled();
  expect(till.calls.filter((call) => call === "pay")).toHaveLength(1);
  expect(screen.getByText(/no es una factura/)).toBeTruthy();
});

test("a total that changed behind the screen is said and not paid unseen", async () => {
  await open();
  await enter("CAP-01");
  await hand.keyboard("[F9]");
  await screen.findByLabelText("Recibe");
  const line = till.basket.lines[0];
  if (line) line.unit_price += 100_000;
  await hand.keyboard("{Enter}");
  expect(await screen.findByText("El total cambió.")).toBeTruthy();
  await settled();
  expect(screen.getByText("El total cambió.")).toBeTruthy();
  expect(till.sales).toHaveLength(0);
  await hand.keyboard("{Enter}");
  await screen.findByText(/no es una factura/);
  expect(till.sales[0]?.total).toBe(1_080_000);
});

test("what was handed over for a basket that is gone pays nothing of the next", async () => {
  await open();
  await enter("CAP-01");
  await hand.keyboard("[F9]");
  await hand.type(await screen.findByLabelText("Recibe"), "5000");
  await hand.keyboard("{Enter}");
  await screen.findByRole("button", { name: "Quitar este pago" });
  await hand.keyboard("{Escape}{Control>}{ArrowUp}{Delete}{/Control}");
  await screen.findByText("Escanee o escriba el primer producto.");
  await enter("ESP-01");
  await hand.keyboard("[F9]");
  await screen.findByLabelText("Recibe");
  expect(screen.queryByRole("button", { name: "Quitar este pago" })).toBeNull();
});

test("a number typed for a line that is taken off changes no other line", async () => {
  await open();
  await enter("ESP-01");
  await enter("CAP-01");
  await hand.keyboard("{Control>}{ArrowDown}{/Control}7{Control>}{Delete}{/Control}");
  await settled();
  expect(till.basket.lines).toMatchObject([{ sku: "CAP-01", quantity: 1 }]);
});

test("a double click takes one line off", async () => {
  await open();
  await enter("ESP-01");
  await enter("CAP-01");
  await hand.dblClick(screen.getByRole("button", { name: /Quitar Espresso/ }));
  await settled();
  expect(till.basket.lines).toMatchObject([{ sku: "CAP-01" }]);
});

test("news from the server leaves a complaint as it was", async () => {
  await open();
  await enter("ESP-01");
  await hand.keyboard("{Control>}{ArrowUp}{/Control}🙂{Enter}");
  await screen.findByText(/no es una cantidad/);
  till.stale("counter");
  await settled();
  expect(screen.getByText(/no es una cantidad.*Escriba un número/s)).toBeTruthy();
});

test("a button that goes away with its work leaves the focus in the box", async () => {
  const box = await open();
  await hand.keyboard("jos");
  await screen.findByText("José Ángel Muñoz Peña");
  await hand.keyboard("{Alt>}1{/Alt}");
  await hand.click(await screen.findByRole("button", { name: "Quitar al cliente" }));
  await settled();
  expect(till.basket.customer).toBeNull();
  expect(box).toBe(document.activeElement);
});

test("a view of the till that was asked for before a lock does not open it again", async () => {
  await open();
  const asked = till.api.tillView;
  let answer: (() => void) | undefined;
  const late = new Promise<void>((resolve) => (answer = resolve));
  till.api.tillView = async (language) => {
    const view = await asked(language);
    await late;
    till.api.tillView = asked;
    return view;
  };
  till.stale("till");
  await hand.keyboard("{Control>}l{/Control}");
  await screen.findByLabelText("PIN");
  answer?.();
  await settled();
  expect(screen.getByLabelText("PIN")).toBeTruthy();
});

test("the amount that was tapped is the one that is paid", async () => {
  await open();
  await enter("CAP-01");
  await hand.keyboard("[F9]");
  await screen.findByLabelText("Recibe");
  await hand.keyboard("{Alt>}2{/Alt}");
  await hand.keyboard("{Enter}");
  const receipt = await screen.findByText(/no es una factura/);
  expect(receipt.textContent).toContain("40200");
});

test("parking and recalling brings the basket back", async () => {
  await open();
  await enter("ESP-01");
  await hand.keyboard("[F4]");
  expect(await screen.findByText("Venta apartada.")).toBeTruthy();
  await hand.keyboard("[F5]");
  expect(await screen.findByLabelText("Cantidad de Espresso doble")).toBeTruthy();
});

test("what Rust says went stale is fetched again", async () => {
  await open();
  till.sync = { ...till.sync, state: "offline", sentence: "Sin conexión, 12 en espera" };
  till.stale("sync");
  expect(await screen.findByText("Sin conexión, 12 en espera")).toBeTruthy();
});

test("the language changes every word and is remembered by the till", async () => {
  await open();
  await hand.keyboard("{Control>}i{/Control}");
  expect(await screen.findByPlaceholderText("Customer, product or code")).toBeTruthy();
  expect(till.view.language).toBe("en");
  expect(document.documentElement.lang).toBe("en");
});

test("a till that cannot open says what happened and what to do, and tries again", async () => {
  till.broken = {
    code: "ledger_corrupt",
    message: "El archivo está dañado.",
    hint: "No lo borre.",
    wait_s: null,
  };
  show(till);
  const alert = await screen.findByRole("alert");
  expect(within(alert).getByText("No lo borre.")).toBeTruthy();
  till.broken = null;
  await hand.click(screen.getByRole("button", { name: /Probar otra vez/ }));
  expect(await screen.findByLabelText("PIN")).toBeTruthy();
});

test("no screen has anything that axe would object to", async () => {
  await start(till);
  expect(await troubles()).toEqual([]);
  await hand.keyboard("1234{Enter}");
  await screen.findByRole("combobox");
  expect(await troubles()).toEqual([]);
  await hand.keyboard("jos");
  await screen.findByText("Josefa Ibáñez");
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Alt>}1{/Alt}");
  for (const text of ["CAP-01", "VERANO10", "EXTRA10", "BLACKFRIDAY50"]) await enter(text);
  await screen.findByText("Conviene otra combinación");
  expect(await troubles()).toEqual([]);
  for (const key of ["[F1]", "[F7]", "[F9]", "{Control>}s{/Control}", "{Control>}d{/Control}"]) {
    await hand.keyboard(key);
    expect(await troubles()).toEqual([]);
  }
});

test("signs that are struck after a click on an empty place go to the one box", async () => {
  const box = await open();
  box.blur();
  expect(document.activeElement).toBe(document.body);
  await enter("CAP-01");
  await screen.findByLabelText("Cantidad de Capuchino de la casa");
  expect(document.activeElement).toBe(box);
  // A button that still has the focus keeps its own keys only.
  screen.getByRole("button", { name: /Apartar/ }).focus();
  await enter("ESP-01");
  await screen.findByLabelText("Cantidad de Espresso doble");
});

test("what one cashier was told is gone when the next one unlocks, and when a screen is opened", async () => {
  await open();
  await enter("xyz?");
  till.api.addProduct = () =>
    Promise.resolve({
      status: "error",
      error: { code: "no", message: "Ahora no.", hint: "", wait_s: null },
    });
  await enter("CAP-01");
  await screen.findByText(/Ahora no/);
  await hand.keyboard("{Control>}l{/Control}");
  await screen.findByLabelText("PIN");
  await hand.keyboard("9876{Enter}");
  await screen.findByRole("combobox");
  await settled();
  expect(screen.queryByText(/Ahora no/)).toBeNull();
  await enter("CAP-01");
  await screen.findByText(/Ahora no/);
  await hand.keyboard("{Control>}d{/Control}");
  await settled();
  expect(screen.queryByText(/Ahora no/)).toBeNull();
});

test("a sale that was open when the program stopped is there after unlocking, with what was handed over", async () => {
  till.basket.lines.push({
    name: "Espresso doble",
    sku: "ESP-01",
    quantity: 1,
    unit_price: 650_000,
  });
  till.noted = [{ kind: "card", amount: 200_000 }];
  const { counter } = till.api;
  till.api.counter = async () => {
    const answer = await counter();
    if (answer.status === "error") return answer;
    return { status: "ok", data: { ...answer.data, said: "Había una venta abierta: aquí está." } };
  };
  await open();
  expect(await screen.findByText("Había una venta abierta: aquí está.")).toBeTruthy();
  await screen.findByLabelText("Cantidad de Espresso doble");
  await hand.keyboard("[F9]");
  expect(await screen.findByRole("button", { name: "Quitar este pago" })).toBeTruthy();
});

test("a mistyped code is taken as what it probably is with one key", async () => {
  await open();
  await enter("ESP-01");
  await enter("MAR73");
  const button = await screen.findByRole("button", { name: "Es VERANO-10" });
  expect(button.querySelector("mark")?.textContent).toBe("1");
  await hand.keyboard("{Control>}y{/Control}");
  await vi.waitFor(() => expect(till.basket.codes).toContain("VERANO10"));
});

test("an offer that takes the place of a code sends it off", async () => {
  await open();
  await enter("ESP-01");
  const { counter } = till.api;
  till.api.counter = counter;
  await hand.keyboard("jos");
  await screen.findByText("José Ángel Muñoz Peña");
  const offer = { text: "EXTRA10", gives: "", gain: 1, sentence: "en lugar", instead: ["FIRST5"] };
  const { setCustomer } = till.api;
  till.api.setCustomer = async (id) => {
    const answer = await setCustomer(id);
    if (answer.status === "error") return answer;
    return { status: "ok", data: { ...answer.data, chips: [offer] } };
  };
  await hand.keyboard("{Alt>}1{/Alt}");
  await hand.click(await screen.findByText("en lugar"));
  await vi.waitFor(() => expect(till.calls).toContain("useBestSet"));
  expect(till.calls.indexOf("applyCode")).toBeLessThan(till.calls.indexOf("useBestSet"));
});

test("an amount that could not be read is gone when its screen is opened again", async () => {
  await open();
  await hand.keyboard("[F7]");
  await hand.type(await screen.findByLabelText("Valor"), "doce{Enter}");
  expect((await screen.findAllByText(/no es un valor/)).length).toBeGreaterThan(0);
  await hand.keyboard("{Escape}[F7]");
  const field = await screen.findByLabelText<HTMLInputElement>("Valor");
  expect(field.value).toBe("");
  expect(screen.queryByText(/no es un valor/)).toBeNull();
});
