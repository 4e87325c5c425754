import { t } from "./language.svelte";

/** How long ago something was, in words a person says. */
export function age(seconds: number | null): string {
  if (seconds === null) return t("ui.age.never");
  if (seconds < 90) return t("ui.age.now");
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t("ui.age.minutes", { n: minutes });
  const hours = Math.round(minutes / 60);
  return hours < 48
    ? t("ui.age.hours", { n: hours })
    : t("ui.age.days", { n: Math.round(hours / 24) });
}
