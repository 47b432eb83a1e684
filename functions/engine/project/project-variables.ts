/**
 * Sets the project's variables in the process that runs it. Precedence: values from stores of secrets, the environment of the process (a
 * shell, the function's settings), `env` of langgraph.json.
 */

/** Variables that were set here and not changed by the project's code since. */
const ours = new Map<string, string>();

/** Sets variables that are unset. Those that a changed project no longer names are unset again. */
export function fillVariables(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of ours) if (process.env[name] === value) delete process.env[name];
  ours.clear();
  for (const [name, value] of Object.entries(values)) {
    if (process.env[name] !== undefined) continue;
    process.env[name] = value;
    ours.set(name, value);
  }
}

/** The value that a variable will have after fillVariables. */
export function variableOf(name: string, values: Readonly<Record<string, string>>): string | undefined {
  const inherited = ours.has(name) ? undefined : process.env[name];
  return inherited ?? values[name];
}

/** Replaces references by their values. */
export function setSecrets(values: Readonly<Record<string, string>>): void {
  Object.assign(process.env, values);
}
