/** The names of tools: those of the assistants, made valid and unique. */
import { NAME_CHARACTERS } from "./limits.ts";

interface Named {
  assistant_id: string;
  name: string;
  created_at: string;
}

/** First hexadecimal digits of an assistant's id, which tell two of one name apart. */
const ID_DIGITS = 8;

/**
 * By tool name, in the order of the names' claims: `first`, then the oldest. A name once given is kept, whatever is created later.
 * @param first ids of assistants that have their names before others: those of the project's graphs
 */
export function toolNames<T extends Named>(assistants: readonly T[], first: ReadonlySet<string>): Map<string, T> {
  const rank = ({ assistant_id }: T): number => (first.has(assistant_id) ? 0 : 1);
  const ordered = assistants.toSorted(
    (a, b) => rank(a) - rank(b) || compare(a.created_at, b.created_at) || compare(a.assistant_id, b.assistant_id),
  );
  const named = new Map<string, T>();
  for (const assistant of ordered) named.set(freeName(assistant, named), assistant);
  return named;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function freeName({ name, assistant_id }: Named, taken: ReadonlyMap<string, unknown>): string {
  const id = assistant_id.replaceAll("-", "");
  const valid = name.replaceAll(/[^A-Za-z0-9_-]/g, "_");
  const candidates = [
    valid.slice(0, NAME_CHARACTERS),
    withSuffix(valid, id.slice(0, ID_DIGITS)),
    withSuffix(valid, id),
  ];
  return candidates.find((candidate) => candidate !== "" && !taken.has(candidate)) ?? id;
}

const withSuffix = (name: string, suffix: string): string =>
  `${name.slice(0, NAME_CHARACTERS - suffix.length - 1)}_${suffix}`;
