/** The fields of a langgraph.json that have no effect here, each with its consequence, so that nobody relies on one. */
import { isRecord } from "../source-files.ts";

/** The fields that have an effect, each with its content. Of an object only the listed parts have one. */
const SERVED = new Set([
  "$schema",
  "graphs",
  "env",
  // Packages are those of package.json.
  "dependencies",
  "http.cors",
  "store.index",
  "store.ttl",
  "threadline.include",
  "threadline.exclude",
  "http.configurable_headers",
  // Studio's header gives no access here.
  "auth.disable_studio_auth",
  // Projects name their oldest version; all run on Node 24.
  "node_version",
  // Python's.
  "python_version",
  "pip_config_file",
  "pip_installer",
]);

const EFFECTS: Readonly<Record<string, string>> = {
  "auth.path": "who may call is decided by API keys alone",
  "http.app": "the project's own routes are not served",
  "http.mount_prefix": "all routes are at the root",
  "checkpointer.ttl": "checkpoints stay until their thread is deleted",
  ui: "its components are not served",
  webhooks: "any public HTTPS address may be named, and no headers are added",
  dockerfile_lines: "what they install is not there",
};

/** Fields whose parts are checked one by one. */
const GROUPS = ["auth", "http", "store", "checkpointer", "threadline"];

/** In the order of the file. */
export function unservedFields(raw: Readonly<Record<string, unknown>>): string[] {
  const fields = Object.entries(raw).flatMap(([name, value]) =>
    GROUPS.includes(name) && isRecord(value)
      ? Object.entries(value).map(([part, inner]) => [`${name}.${part}`, inner] as const)
      : [[name, value] as const],
  );
  return fields
    .filter(([name, value]) => !SERVED.has(name) && asksForSomething(value))
    .map(([name]) => `"${name}" has no effect${effectOf(name)}.`);
}

function effectOf(name: string): string {
  const known = EFFECTS[name] ?? (name.startsWith("http.disable_") ? "no route is taken away" : undefined);
  return known === undefined ? " here" : ` yet: ${known}`;
}

function asksForSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isRecord(value) || Object.keys(value).length > 0;
}
