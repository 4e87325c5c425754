import { screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { MemoryTill } from "../../tests/memory";
import { freshTill, hand, show, tidyUp, troubles, unlocked } from "../../tests/window";

let till: MemoryTill;

beforeEach(() => {
  till = freshTill();
});
afterEach(tidyUp);

test("a till that is not enrolled asks for server and code", async () => {
  till.view = { ...till.view, enrolled: false };
  show(till);
  await hand.type(await screen.findByLabelText("Dirección del servidor"), "http://10.0.0.2:7070");
  await hand.type(screen.getByLabelText("Código de un solo uso"), "BAD");
  await hand.keyboard("{Enter}");
  expect(await screen.findByText("Ese código no vale.")).toBeTruthy();
  await hand.clear(screen.getByLabelText("Código de un solo uso"));
  await hand.type(screen.getByLabelText("Código de un solo uso"), "GOOD-CODE");
  await hand.keyboard("{Enter}");
  expect(await screen.findByLabelText("PIN")).toBeTruthy();
});

test("a till that its server does not know is enrolled again, or left as it is", async () => {
  till.sync = {
    ...till.sync,
    state: "needs_attention",
    sentence: "Requiere atención (1)",
    enrol_at: "http://10.0.0.2:7070",
    attention: ["El servidor no reconoce esta caja."],
  };
  await unlocked(till);
  await hand.keyboard("{Control>}s{/Control}");
  await hand.click(await screen.findByRole("button", { name: /Inscribir esta caja otra vez/ }));
  const server = await screen.findByLabelText("Dirección del servidor");
  expect((server as HTMLInputElement).value).toBe("http://10.0.0.2:7070");
  expect(await troubles()).toEqual([]);
  await hand.keyboard("{Escape}");
  expect(await screen.findByRole("combobox")).toBeTruthy();
  await hand.keyboard("{Control>}s{/Control}{Control>}{Enter}{/Control}");
  await hand.type(await screen.findByLabelText("Código de un solo uso"), "BAD{Enter}");
  expect(await screen.findByText("Ese código no vale.")).toBeTruthy();
  await hand.clear(screen.getByLabelText("Código de un solo uso"));
  await hand.type(screen.getByLabelText("Código de un solo uso"), "GOOD-CODE{Enter}");
  expect(await screen.findByLabelText("PIN")).toBeTruthy();
});
