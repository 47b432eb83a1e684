/**
 * The project's variables in the process that runs it. The order, of which the first counts: values from stores of secrets, what the
 * process was started with (a person's shell, the settings of a function), `env` of langgraph.json.
 */

/** What was set here, and not since by the project's code. */
const ours = new Map<string, string>();

/** Sets the variables that are unset. Those that a changed project no longer names are unset again. */
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

/** In place of their references. */
export function setSecrets(values: Readonly<Record<string, string>>): void {
  Object.assign(process.env, values);
}
