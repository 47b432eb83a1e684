/** Keys of clients that are deployed as hashes, as settings of the API. */
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { NAMED_KEYS_FORM, NamedKeys } from "../functions/protocol/client-key.ts";
import type { ServerAuth } from "./agent-server-props.ts";
import { SynthError } from "./synth-error.ts";

/** Bytes: a function's variables have 4,096 in all, of which the project's need some. */
const KEYS_BYTES = 3_000;

/** @throws SynthError for keys with names that are not understood, or too many */
export function deployHashes(api: LambdaFunction, auth: Exclude<Extract<ServerAuth, object>, { jwt: unknown }>): void {
  if ("sha256" in auth) return void api.addEnvironment("THREADLINE_API_KEY_SHA256", [auth.sha256].flat().join(","));
  const { success, data } = NamedKeys.safeParse(auth.keys);
  if (!success) throw new SynthError(`auth.keys: ${NAMED_KEYS_FORM} is wanted.`);
  const text = JSON.stringify(data);
  if (text.length > KEYS_BYTES)
    throw new SynthError(
      `auth.keys: ${text.length} bytes, of which a function takes ${KEYS_BYTES}. Leave out \`auth\`, and put them as JSON into the generated secret.`,
    );
  api.addEnvironment("THREADLINE_API_KEYS", text);
}
