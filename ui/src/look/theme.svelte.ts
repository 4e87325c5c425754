/** How the window looks: what the person chose, else what the system asks for. */

export const looks = ["auto", "light", "dark", "contrast"] as const;
export type Look = (typeof looks)[number];

const remembered = "mostrador.look";

function isLook(text: string | null): text is Look {
  return looks.some((look) => look === text);
}

export class Theme {
  choice = $state<Look>("auto");
  #system = $state<Exclude<Look, "auto">>("light");
  readonly shown = $derived(this.choice === "auto" ? this.#system : this.choice);

  constructor() {
    const stored = localStorage.getItem(remembered);
    if (isLook(stored)) this.choice = stored;
  }

  /** Follows the system from here on and paints; the answer stops it. */
  follow(): () => void {
    const contrast = matchMedia("(prefers-contrast: more)");
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const look = () => {
      this.#system = contrast.matches ? "contrast" : dark.matches ? "dark" : "light";
    };
    look();
    contrast.addEventListener("change", look);
    dark.addEventListener("change", look);
    return () => {
      contrast.removeEventListener("change", look);
      dark.removeEventListener("change", look);
    };
  }

  choose(look: Look): void {
    this.choice = look;
    localStorage.setItem(remembered, look);
  }

  next(): void {
    const at = looks.indexOf(this.choice);
    this.choose(looks[(at + 1) % looks.length] ?? "auto");
  }
}
