/** A finding of the pre-flight. */
export interface Finding {
  /** `error`: will not work on Lambda. `warning`: will hurt somebody. `note`: good to know. */
  level: "error" | "warning" | "note";
  topic: "size" | "native" | "process" | "disk" | "env" | "graph" | "package" | "config" | "secret" | "start";
  /** A sentence, with the way out. */
  text: string;
}

export const finding = (level: Finding["level"], topic: Finding["topic"], text: string): Finding => ({
  level,
  topic,
  text,
});

/** Errors first. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const order = ["error", "warning", "note"];
  return findings.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}
