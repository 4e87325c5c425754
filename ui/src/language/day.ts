import { speech } from "./language.svelte";

/** A local day (ISO) as people write it: "12 nov 2026". */
export function day(iso: string): string {
  const [year, month, date] = iso.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined) return iso;
  const locale = speech.current === "es" ? "es-CO" : "en-US";
  const format = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
  return format.format(Date.UTC(year, month - 1, date));
}
