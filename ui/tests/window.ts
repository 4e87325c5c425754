/** What tests of the whole window share: a till in memory, a hand, a scanner, an open counter. */
import { cleanup, configure, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { vi } from "vitest";
import Window from "../src/Window.svelte";
import { speech } from "../src/language/language.svelte";
import { MemoryTill } from "./memory";

// The machine may be busy with other work.
configure({ asyncUtilTimeout: 5_000 });

/** Slow enough for the box to settle and never to be a scanner. */
export const hand = userEvent.setup({ delay: 45 });
/** Quick as a scanner. */
export const scanner = userEvent.setup({ delay: 1 });

/** Before each test: a new till, and what the window expects of a browser. */
export function freshTill(): MemoryTill {
  speech.current = "es";
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  Element.prototype.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
  return new MemoryTill();
}

/** After each test: nothing is left of it. */
export function tidyUp(): void {
  cleanup();
  localStorage.clear();
}

/** Shows the window. */
export function show(till: MemoryTill): void {
  render(Window, { api: till.api });
}

/** Shows the window and waits for the PIN field. */
export async function start(till: MemoryTill): Promise<void> {
  show(till);
  await screen.findByLabelText("PIN");
}

/** Unlocks; answers the box. */
export async function unlocked(till: MemoryTill): Promise<HTMLElement> {
  await start(till);
  await hand.keyboard("1234{Enter}");
  return screen.findByRole("combobox");
}

/** What keeps somebody from using the page; colours are judged elsewhere. */
export async function troubles(): Promise<string[]> {
  const rules = { "color-contrast": { enabled: false } };
  const found = await axe.run(document.body, { rules });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`);
}

/** Until everything that was asked of the till is answered and shown. */
export async function settled(): Promise<void> {
  await hand.keyboard("{Shift}{Shift}");
}

/** Types into whatever has the focus, and strikes Enter. */
export async function enter(text: string): Promise<void> {
  await hand.keyboard(`${text}{Enter}`);
}
