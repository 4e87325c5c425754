/** Which key does what: one table for acting, for labels on buttons and for the help. */
import { t, type UiKey } from "../language/language.svelte";

/** What a key can ask for at the counter. */
export type Command =
  | "help"
  | "box"
  | "customer"
  | "park"
  | "recall"
  | "redeem"
  | "amount"
  | "codes"
  | "pay"
  | "today"
  | "leaderboard"
  | "sync"
  | "lock"
  | "full_screen"
  | "language"
  | "look"
  | "best_set"
  | "accept"
  | "line_up"
  | "line_down"
  | "line_remove"
  | "clear_customer"
  | "new_customer"
  | "edit_customer"
  | "history"
  | "merit"
  | "referral"
  | "merge"
  | "adjust"
  | "more"
  | "undo"
  | "refund"
  | "confirm"
  | "back"
  | { pick: number }
  | { tender: number }
  | { remove_code: number };

type Named = Extract<Command, string>;
type Stroke = { key: string; ctrl?: true; label: string; says: UiKey };

export const strokes: Readonly<Record<Named, Stroke>> = {
  help: { key: "F1", label: "F1", says: "ui.key.help" },
  box: { key: "F2", label: "F2", says: "ui.key.box" },
  customer: { key: "F3", label: "F3", says: "ui.key.customer" },
  park: { key: "F4", label: "F4", says: "ui.key.park" },
  recall: { key: "F5", label: "F5", says: "ui.key.recall" },
  redeem: { key: "F6", label: "F6", says: "ui.key.redeem" },
  amount: { key: "F7", label: "F7", says: "ui.key.amount" },
  codes: { key: "F8", label: "F8", says: "ui.key.codes" },
  pay: { key: "F9", label: "F9", says: "ui.key.pay" },
  full_screen: { key: "F11", label: "F11", says: "ui.key.full_screen" },
  today: { key: "KeyD", ctrl: true, label: "Ctrl+D", says: "ui.key.today" },
  leaderboard: { key: "KeyO", ctrl: true, label: "Ctrl+O", says: "ui.key.leaderboard" },
  sync: { key: "KeyS", ctrl: true, label: "Ctrl+S", says: "ui.key.sync" },
  lock: { key: "KeyL", ctrl: true, label: "Ctrl+L", says: "ui.key.lock" },
  language: { key: "KeyI", ctrl: true, label: "Ctrl+I", says: "ui.key.language" },
  look: { key: "KeyT", ctrl: true, label: "Ctrl+T", says: "ui.key.look" },
  best_set: { key: "KeyB", ctrl: true, label: "Ctrl+B", says: "ui.key.best_set" },
  accept: { key: "KeyY", ctrl: true, label: "Ctrl+Y", says: "ui.key.accept" },
  line_up: { key: "ArrowUp", ctrl: true, label: "Ctrl+↑", says: "ui.key.line_up" },
  line_down: { key: "ArrowDown", ctrl: true, label: "Ctrl+↓", says: "ui.key.line_down" },
  line_remove: { key: "Delete", ctrl: true, label: "Ctrl+Del", says: "ui.key.line_remove" },
  clear_customer: { key: "KeyQ", ctrl: true, label: "Ctrl+Q", says: "ui.key.clear_customer" },
  new_customer: { key: "KeyN", ctrl: true, label: "Ctrl+N", says: "ui.key.new_customer" },
  history: { key: "KeyH", ctrl: true, label: "Ctrl+H", says: "ui.key.history" },
  merit: { key: "KeyW", ctrl: true, label: "Ctrl+W", says: "ui.key.merit" },
  referral: { key: "KeyR", ctrl: true, label: "Ctrl+R", says: "ui.key.referral" },
  adjust: { key: "KeyJ", ctrl: true, label: "Ctrl+J", says: "ui.key.adjust" },
  merge: { key: "KeyG", ctrl: true, label: "Ctrl+G", says: "ui.key.merge" },
  edit_customer: { key: "KeyE", ctrl: true, label: "Ctrl+E", says: "ui.key.edit_customer" },
  more: { key: "KeyM", ctrl: true, label: "Ctrl+M", says: "ui.key.more" },
  undo: { key: "KeyZ", ctrl: true, label: "Ctrl+Z", says: "ui.key.undo" },
  refund: { key: "KeyU", ctrl: true, label: "Ctrl+U", says: "ui.key.refund" },
  confirm: { key: "Enter", ctrl: true, label: "Ctrl+Enter", says: "ui.key.confirm" },
  back: { key: "Escape", label: "Esc", says: "ui.key.back" },
};

/** The table in the order of the help. */
export const named = Object.keys(strokes) as Named[];

/** What the label on a button says. */
export function label(command: Named): string {
  return strokes[command].label.replace("Del", t("ui.key.delete"));
}

/** What a stroke asks for; by place, so that every layout has the same keys. */
export function commandOf(event: KeyboardEvent): Command | null {
  const { ctrlKey: ctrl, altKey: alt, shiftKey: shift, code } = event;
  const digit = Number(/^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1] ?? 0);
  if (/^(?:Digit|Numpad)0$/.test(code) && alt && !ctrl && !shift) return { pick: 0 };
  if (code === "NumpadEnter" && ctrl && !alt && !shift) return "confirm";
  if (digit > 0 && alt && !ctrl) return shift ? { remove_code: digit } : { pick: digit };
  if (digit > 0 && ctrl && !alt && !shift) return { tender: digit };
  if (alt || shift) return null;
  return named.find((name) => strokes[name].key === code && !!strokes[name].ctrl === ctrl) ?? null;
}
