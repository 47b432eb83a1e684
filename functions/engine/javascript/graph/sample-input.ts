/** A sample input for a graph, guessed from its input channels by name, schema and default. `npm start` prints it. */
import type { Json } from "../../../protocol/json.ts";
import { type Graph, isObject } from "../langgraph.ts";
import { initialOf } from "./channel-default.ts";

const SAID = "Hello";
const CHAT: Json = { messages: [{ role: "user", content: SAID }] };
/** The first that a channel accepts is shown. */
const SAMPLES: readonly Json[] = [SAID, 1, true, [SAID], [], {}];

interface Channel {
  name: string;
  isOptional: boolean;
  sample: Json;
}

/**
 * `messages` alone if they exist; else everything required: all of an input schema, or the first channel of a state. A graph without a
 * state (the functional API) gets a text.
 */
export function sampleInput(graph: Graph): Json {
  const channels = inputChannels(graph);
  if (channels === undefined) return SAID;
  if (channels.some(({ name }) => name === "messages")) return CHAT;
  const needed = channels.filter(({ isOptional }) => !isOptional);
  const hasInputSchema = graph.builder?._inputDefinition !== graph.builder?._schemaDefinition;
  const shown = hasInputSchema && needed.length > 0 ? needed : [...needed, ...channels].slice(0, 1);
  return Object.fromEntries(shown.map(({ name, sample }) => [name, sample]));
}

function inputChannels({ builder, inputChannels: names }: Graph): Channel[] | undefined {
  const input = builder?._inputDefinition;
  const definitions = builder?._schemaDefinitions?.get(input) ?? input;
  if (isObject(definitions)) {
    const schema = [builder?._inputRuntimeDefinition, builder?._schemaRuntimeDefinition].find(isObject);
    // Managed values (`isLastStep` …) are no channels.
    const own = Object.keys(definitions).filter((name) => Object.hasOwn(builder?.channels ?? {}, name));
    return own.map((name) => describe(name, builder?.channels?.[name], schemaOf(schema, name)));
  }
  return Array.isArray(names) ? names.map((name) => ({ name, isOptional: false, sample: SAID })) : undefined;
}

function describe(name: string, channel: unknown, schema: Schema | undefined): Channel {
  if (schema) {
    const sample = SAMPLES.find((value) => takes(schema, value)) ?? null;
    return { name, isOptional: takes(schema, undefined), sample };
  }
  const initial = initialOf(channel);
  const sample = SAMPLES.find((value) => initial === undefined || kindOf(value) === kindOf(initial)) ?? null;
  return { name, isOptional: initial !== undefined, sample };
}

/** Of the Standard Schema interface: issues, or a value. */
interface Schema {
  "~standard": { validate(value: unknown): unknown };
}

const isSchema = (value: unknown): value is Schema => isObject(value) && isObject(value["~standard"]);

/** Of a Zod object or a `StateSchema`. Of a reduced value, the schema of what is written to it. */
function schemaOf(state: Record<string, unknown> | undefined, name: string): Schema | undefined {
  const fields = state?.["shape"] ?? state?.["fields"];
  const field = isObject(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
  return [field, isObject(field) ? field["inputSchema"] : undefined].find(isSchema);
}

/** An asynchronous schema is not waited for. */
function takes(schema: Schema, value: unknown): boolean {
  try {
    const result = schema["~standard"].validate(value);
    return isObject(result) && result["issues"] === undefined && !(result instanceof Promise);
  } catch {
    return false;
  }
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? "array" : typeof value);
