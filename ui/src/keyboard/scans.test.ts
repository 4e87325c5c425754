/** Scans in the whole window: where they land, and what they leave alone. */
import { screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MemoryTill } from "../../tests/memory";
import { enter, freshTill, hand, scanner, settled, tidyUp, unlocked } from "../../tests/window";

let till: MemoryTill;

beforeEach(() => {
  till = freshTill();
});
afterEach(tidyUp);

/** Unlocks; answers the box. */
const open = () => unlocked(till);

test("what led to nothing is gone after the next scan", async () => {
  const box = await open();
  await enter("xyz?");
  await settled();
  await scanner.keyboard("GRA-500{Enter}");
  await screen.findByLabelText("Cantidad de Café en grano, Sierra Nevada, 500 g");
  await settled();
  expect(box).toMatchObject({ value: "" });
});

test("a scan that comes while the one before is taken leaves nothing in the box", async () => {
  const box = await open();
  const { addProduct } = till.api;
  let take: (() => void) | undefined;
  till.api.addProduct = async (id, quantity) => {
    till.api.addProduct = addProduct;
    await new Promise<void>((resolve) => (take = resolve));
    return addProduct(id, quantity);
  };
  await scanner.keyboard("GRA-500{Enter}");
  await vi.waitFor(() => expect(take).toBeDefined());
  await scanner.keyboard("ESP-0");
  take?.();
  await vi.waitFor(() => expect(till.basket.lines).toHaveLength(1), { interval: 2 });
  await scanner.keyboard("1{Enter}");
  await settled();
  expect(till.basket.lines.map(({ sku }) => sku)).toEqual(["GRA-500", "ESP-01"]);
  expect(box).toMatchObject({ value: "" });
});

test("a scan while paying lands in the basket, and its Enter pays nothing", async () => {
  await open();
  await enter("ESP-01");
  await hand.keyboard("[F9]");
  const given = await screen.findByLabelText<HTMLInputElement>("Recibe");
  await scanner.keyboard("GRA-500{Enter}");
  await screen.findByLabelText("Cantidad de Café en grano, Sierra Nevada, 500 g");
  expect(given.value).toBe("");
  expect(till.sales).toHaveLength(0);
});

test("a scan on a quantity lands in the basket and leaves the quantity as it was", async () => {
  await open();
  await enter("ESP-01");
  await hand.keyboard("{Control>}{ArrowDown}{/Control}");
  await vi.waitFor(() => {
    expect(document.activeElement?.getAttribute("inputmode")).toBe("decimal");
  });
  await scanner.keyboard("GRA-500{Enter}");
  await settled();
  expect(till.basket.lines.map(({ sku, quantity }) => `${sku} ${quantity}`)).toEqual([
    "ESP-01 1",
    "GRA-500 1",
  ]);
  expect(screen.queryByText(/no es una cantidad/)).toBeNull();
});

test("a scan takes no hit that the arrows had marked for something else", async () => {
  await open();
  await hand.keyboard("jos");
  await screen.findByText("Josefa Ibáñez");
  await hand.keyboard("{ArrowDown}");
  await hand.click(screen.getByRole("group", { name: "Resultados" }));
  await scanner.keyboard("capuchino{Enter}");
  await settled();
  expect(till.basket.lines).toHaveLength(0);
  expect(till.basket.customer).toBeNull();
});
