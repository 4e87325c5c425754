/** Keys that are struck while no field has the focus: somebody has clicked on an empty place. */

/** Inputs that take no text. */
const CHOICES = ["radio", "checkbox", "button", "submit"];

/**
 * Gives the focus to the one box, or to the PIN that a screen asks for, before a sign would be lost.
 * Ahead of everything else on the window; the answer stops it.
 */
export function catchStrays(): () => void {
  window.addEventListener("keydown", press, { capture: true });
  return () => window.removeEventListener("keydown", press, { capture: true });
}

function press(event: KeyboardEvent): void {
  const chord = (event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph");
  if (event.key.length !== 1 || chord || event.metaKey) return;
  const { activeElement } = document;
  if (isField(activeElement)) return;
  // A space presses the button that has the focus.
  if (event.key === " " && activeElement !== document.body) return;
  home()?.focus();
}

/** Whether what is typed goes into it. */
function isField(element: Element | null): boolean {
  if (element instanceof HTMLInputElement) return !CHOICES.includes(element.type);
  return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
}

function home(): HTMLElement | null {
  const pin = document.querySelector<HTMLElement>("input[type=password]");
  return pin ?? document.querySelector<HTMLElement>("[data-one-box]");
}
