import { expect, test } from "vitest";
import { MemoryTill } from "../../tests/memory";
import { Payment } from "./payment.svelte";

/** A payment of 9.800 with 5.000 in cash kept. */
async function underWay(): Promise<{ till: MemoryTill; payment: Payment }> {
  const till = new MemoryTill();
  till.basket.lines = [{ name: "Capuchino", sku: "CAP-01", quantity: 1, unit_price: 980_000 }];
  const payment = new Payment(till.api, () => till.view);
  payment.typed("5000");
  expect(await payment.confirm()).toBeNull();
  expect(payment.kept).toEqual([{ kind: "cash", amount: 500_000 }]);
  return { till, payment };
}

test("an empty field stands for the whole total at first", async () => {
  const till = new MemoryTill();
  till.basket.lines = [{ name: "Capuchino", sku: "CAP-01", quantity: 1, unit_price: 980_000 }];
  const payment = new Payment(till.api, () => till.view);
  expect(await payment.confirm()).not.toBeNull();
});

test("an empty field is nothing when the same kind was kept already", async () => {
  const { till, payment } = await underWay();
  expect(payment.preview).toMatchObject({ given: 500_000, missing: 480_000 });
  expect(await payment.confirm()).toBeNull();
  expect(payment.kept).toHaveLength(1);
  expect(till.sales).toHaveLength(0);
});

test("an empty field is the rest by a kind that was not kept, and only by such a one", async () => {
  const { till, payment } = await underWay();
  payment.choose("card");
  payment.typed("1000");
  expect(await payment.confirm()).toBeNull();
  expect(await payment.confirm()).toBeNull();
  payment.choose("cash");
  expect(await payment.confirm()).toBeNull();
  expect(till.sales).toHaveLength(0);
  payment.choose("transfer");
  expect(await payment.confirm()).not.toBeNull();
  expect(till.sales).toHaveLength(1);
});

test("each keystroke is one question, and what is no amount keeps nobody's money", async () => {
  const { till, payment } = await underWay();
  till.calls.length = 0;
  payment.typed("doce");
  await payment.refresh();
  expect(payment.preview?.wrong).toContain("«doce» no es un valor.");
  expect(await payment.confirm()).toBeNull();
  expect(till.calls).toEqual(["previewTenders", "previewTenders", "previewTenders"]);
  expect(payment.kept).toHaveLength(1);
  expect(till.sales).toHaveLength(0);
});
