/** Reads `checkpointer.serde.allowed_msgpack_modules`: which classes a graph of Python may construct from what is stored. */
import { z } from "zod";
import { AllowedClasses } from "../../functions/protocol/manifest.ts";
import { isRecord } from "../source-files.ts";

/** Null asks for LangGraph's safe classes alone. */
const Asked = z.union([AllowedClasses, z.null().transform((): string[][] => [])]);

/** @returns undefined where LangGraph decides; what is not understood allows its safe classes alone, and is reported */
export function readClasses(checkpointer: unknown, warn: (text: string) => void): AllowedClasses | undefined {
  const serde = isRecord(checkpointer) ? checkpointer["serde"] : undefined;
  if (!isRecord(serde) || !("allowed_msgpack_modules" in serde)) return undefined;
  const { data } = Asked.safeParse(serde["allowed_msgpack_modules"]);
  if (data !== undefined) return data;
  warn('"checkpointer.serde.allowed_msgpack_modules" is not understood: only classes of the graphs are restored.');
  return [];
}
