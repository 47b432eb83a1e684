/** Resolves references of a project's variables (`env.ts`) in Parameter Store and Secrets Manager. Must not keep or log a value. */
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { GetParametersCommand } from "@aws-sdk/client-ssm";
import type { Env } from "../env.ts";
import { createParametersClient, createSecretsClient } from "./secret-clients.ts";

/** Names of one GetParameters. */
const PARAMETERS = 10;
const DENIED = "AccessDeniedException";
const SSM = "ssm:";
const SECRETS_MANAGER = "secretsmanager:";

/**
 * Reads all references; one that several variables name is read once.
 * @returns values by variable
 * @throws Error that names the first variable without a value, and why
 */
export async function readProjectSecrets(env: Env): Promise<Record<string, string>> {
  const references = Object.entries(env.projectSecrets);
  const names = (prefix: string): string[] => [
    ...new Set(references.flatMap(([, text]) => (text.startsWith(prefix) ? [nameOf(text)] : []))),
  ];
  const [parameters, secrets] = await Promise.all([
    readParameters(env, names(SSM)),
    readSecrets(env, names(SECRETS_MANAGER)),
  ]);
  const valueOf = (reference: string): string =>
    reference.startsWith(SSM)
      ? found(parameters.get(nameOf(reference)))
      : fieldOf(found(secrets.get(nameOf(reference))), reference.split("#")[1]);
  return Object.fromEntries(
    references.map(([variable, reference]) => {
      try {
        return [variable, valueOf(reference)];
      } catch (error) {
        throw new Error(`${variable} (${reference}) cannot be read: ${reasonOf(error)}`, { cause: error });
      }
    }),
  );
}

const nameOf = (reference: string): string => reference.slice(reference.indexOf(":") + 1).split("#")[0] ?? "";
const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** A value, or why there is none. */
type Found = string | Error;

function found(value: Found | undefined): string {
  if (typeof value === "string") return value;
  throw value ?? new Error("there is none of that name");
}

function fieldOf(text: string, field: string | undefined): string {
  if (field === undefined) return text;
  const parsed = parse(text);
  const value: unknown = typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, field) : undefined;
  if (typeof value !== "string") throw new Error(`the secret has no text "${field}"`);
  return value;
}

/** Parses JSON without the parser's own message, which quotes the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("the secret is no JSON");
  }
}

async function readParameters(env: Env, names: readonly string[]): Promise<Map<string, Found>> {
  const values = new Map<string, Found>();
  if (names.length === 0) return values;
  const client = createParametersClient(env);
  for (let at = 0; at < names.length; at += PARAMETERS) {
    const asked = names.slice(at, at + PARAMETERS);
    try {
      const { Parameters = [] } = await client.send(new GetParametersCommand({ Names: asked, WithDecryption: true }));
      for (const { Name, ARN, Value } of Parameters)
        for (const name of [Name, ARN]) if (name !== undefined && Value !== undefined) values.set(name, Value);
    } catch (error) {
      for (const name of asked) values.set(name, asError(error));
    }
  }
  client.destroy();
  return values;
}

async function readSecrets(env: Env, names: readonly string[]): Promise<Map<string, Found>> {
  if (names.length === 0) return new Map();
  const client = createSecretsClient(env);
  const read = (name: string): Promise<Found> =>
    client.send(new GetSecretValueCommand({ SecretId: name })).then(
      ({ SecretString }) => SecretString ?? new Error("it is no text"),
      (error: unknown) => asError(error),
    );
  const values = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
  client.destroy();
  return new Map(values);
}

/** Of a right that is missing without AWS's text, which names role and account: clients see it when a graph does not load. */
function asError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error.name !== DENIED) return error;
  return Object.assign(new Error("the function has no right to read it"), { name: DENIED });
}
