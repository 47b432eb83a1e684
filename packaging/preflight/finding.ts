/** One thing that a person should know before deploying. Must not know how it was found. */
export interface Finding {
  /** `error`: will not work on Lambda. `warning`: will hurt somebody. `note`: good to know. */
  level: "error" | "warning" | "note";
  topic: "size" | "native" | "process" | "disk" | "env" | "graph" | "package" | "config" | "secret" | "start";
  /** A sentence, with the way out. */
  text: string;
}
