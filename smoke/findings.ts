/** The findings of a check. */
export type Outcome = "ok" | "FAILED" | "note" | "skipped";

export interface Finding {
  check: string;
  /**
   * `note` = for people to judge (times, what this URL does with chunks). `skipped` = nothing was shown, and why: never a pass. Only FAILED
   * fails the whole.
   */
  outcome: Outcome;
  seen: string;
}

/** FAILED with the first flaws if there are any, else ok with what was seen. */
export function judged(check: string, flaws: readonly string[], seen: string): Finding {
  if (flaws.length === 0) return { check, outcome: "ok", seen };
  const more = flaws.length > 3 ? `; and ${flaws.length - 3} more` : "";
  return { check, outcome: "FAILED", seen: flaws.slice(0, 3).join("; ") + more };
}

/** @param reason why it shows nothing, where it shows nothing: then it is skipped, unless it failed */
export const judgedUnless = (
  reason: string | undefined,
  check: string,
  flaws: readonly string[],
  seen: string,
): Finding => (reason !== undefined && flaws.length === 0 ? skipped(check, reason) : judged(check, flaws, seen));

export const note = (check: string, seen: string): Finding => ({ check, outcome: "note", seen });
export const skipped = (check: string, why: string): Finding => ({ check, outcome: "skipped", seen: why });
