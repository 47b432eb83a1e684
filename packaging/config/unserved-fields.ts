/** The fields of a langgraph.json that have no effect here, each with its consequence, so that nobody relies on one. */
import { CorsConfig, HTTP_SWITCHES } from "../../functions/protocol/manifest.ts";
import { isRecord } from "../source-files.ts";

/** What runs the graphs, here and on Lambda. */
const NODE = 24;

/** The fields that have an effect, each with all its content. `*` is any name. */
const SERVED = new Set([
  "$schema",
  "graphs.*.path",
  "graphs.*.description",
  "env",
  // Packages are those of package.json.
  "dependencies",
  ...Object.keys(CorsConfig.shape).map((field) => `http.cors.${field}`),
  ...["include", "includes", "exclude", "excludes"].map((field) => `http.configurable_headers.${field}`),
  ...["app", "mount_prefix", "enable_custom_route_auth", "middleware_order"].map((field) => `http.${field}`),
  ...HTTP_SWITCHES.map((name) => `http.${name}`),
  ...["dims", "embed", "fields"].map((field) => `store.index.${field}`),
  "store.ttl.default_ttl",
  "store.ttl.refresh_on_read",
  "checkpointer.ttl.strategy",
  "checkpointer.ttl.default_ttl",
  "threadline.include",
  "threadline.exclude",
  "ui",
  "auth.path",
  "auth.disable_studio_auth",
  // Python's.
  "python_version",
  "pip_installer",
  "checkpointer.serde.allowed_msgpack_modules",
]);

const EFFECTS: Readonly<Record<string, string>> = {
  "store.ttl.sweep_interval_minutes": "what has expired is invisible at once, and the table deletes it",
  "checkpointer.ttl.sweep_interval_minutes": "threads are looked at each minute",
  "checkpointer.ttl.sweep_limit": "each sweep takes all threads that are due",
  "checkpointer.serde.pickle_fallback": "pickle is never used",
  pip_config_file: "packages are installed by uv, which has settings of its own (UV_INDEX, uv.toml)",
  node_version: `graphs run on Node ${NODE}`,
  webhooks: "any public HTTPS address may be named, and no headers are added",
  dockerfile_lines: "what they install is not there",
};

/** Fields whose parts are looked at one by one: what is above a field of the lists. */
const GROUPS = new Set([...SERVED, ...Object.keys(EFFECTS)].flatMap(above));

/** `a.b.c` → `a`, `a.b`. */
function above(field: string): string[] {
  const names = field.split(".");
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join("."));
}

interface Field {
  /** As the file has it. */
  name: string;
  /** As the lists have it. */
  known: string;
  value: unknown;
}

/** In the order of the file. */
export const unservedFields = (raw: Readonly<Record<string, unknown>>): string[] =>
  partsOf({ name: "", known: "", value: raw })
    .filter((field) => !SERVED.has(field.known) && asksForSomething(field.value) && !isOlderNode(field))
    .map(({ name, known }) => `"${name}" has no effect${effectOf(known)}.`);

function partsOf({ name, known, value }: Field): Field[] {
  if (!isRecord(value)) return [];
  const below = (part: string): Field => ({
    name: name ? `${name}.${part}` : part,
    known: known ? `${known}.${known === "graphs" ? "*" : part}` : part,
    value: value[part],
  });
  return Object.keys(value)
    .map(below)
    .flatMap((field) => (isGroup(field) ? partsOf(field) : [field]));
}

/** One that is no object is left to the file that reads it: `http.cors` as a list, or an entry of `graphs` as a text. */
const isGroup = ({ known, value }: Field): boolean => GROUPS.has(known) && (isRecord(value) || isReadElsewhere(known));

const isReadElsewhere = (known: string): boolean => known.startsWith("graphs") || known.includes(".");

/** Projects name their oldest version, which the one that is here stands for. */
const isOlderNode = ({ known, value }: Field): boolean =>
  known === "node_version" && Number(/^v?(\d+)/.exec(String(value))?.[1]) <= NODE;

function effectOf(known: string): string {
  const effect = EFFECTS[known];
  return effect === undefined ? " here" : ` yet: ${effect}`;
}

function asksForSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isRecord(value) || Object.keys(value).length > 0;
}
