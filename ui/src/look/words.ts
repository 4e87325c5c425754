/** Sentences of the till end in the stable code that support asks for: "Faltan $ 5. [minimum_not_met]". */

const STABLE_CODE = / ?\[[a-z_]+\]/g;

/** The words alone, for the places where a cashier reads in passing. */
export function withoutCode(sentence: string): string {
  return sentence.replace(STABLE_CODE, "");
}
