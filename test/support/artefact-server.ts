/**
 * An artefact at work as on Lambda: its own bundles, each invocation in a process of its own under AWS's runtime client, behind a
 * Function URL on loopback. The emulators are the caller's; table and queue are the artefact's own.
 */
import path from "node:path";
import { serveUrl } from "../../local/isolated/function-url.ts";
import { startIsolated } from "../../local/isolated/host-isolated.ts";
import { readIsolatedOptions } from "../../local/isolated/options.ts";
import { startDynamodb } from "../../local/dynamodb.ts";
import { prepareAws } from "../../local/prepare-aws.ts";
import { startSqs } from "../../local/sqs.ts";

export interface Emulators extends AsyncDisposable {
  endpoints: Record<string, string>;
}

export async function startEmulators(): Promise<Emulators> {
  const [dynamodb, sqs] = await Promise.all([startDynamodb(), startSqs()]);
  return {
    endpoints: { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint, AWS_ENDPOINT_URL_SQS: sqs.endpoint },
    async [Symbol.asyncDispose]() {
      await Promise.all([dynamodb.stop(), sqs.stop()]);
    },
  };
}

export interface ArtefactServer extends AsyncDisposable {
  /** Without a slash at the end. */
  url: string;
  /** Everything that the functions printed. */
  output(): string;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
let servers = 0;

/** @param env variables that a deployment would give the functions for the project */
export async function startArtefact(
  folder: string,
  { endpoints }: Emulators,
  env: Record<string, string> = {},
): Promise<ArtefactServer> {
  servers += 1;
  const prepared = await prepareAws({
    ...endpoints,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    THREADLINE_TABLE_NAME: `artefact-${process.pid}-${servers}`,
    THREADLINE_PROJECT_DIR: path.join(folder, "project"),
  });
  let output = "";
  const options = readIsolatedOptions({}, undefined);
  const functions = await startIsolated({
    ...prepared,
    folder,
    options,
    surroundings: env,
    logger: quiet,
    print: (text) => void (output += text),
  });
  const front = await serveUrl(Promise.resolve(functions.api), { ...options, port: 0, hostname: "127.0.0.1" });
  return {
    url: front.url,
    output: () => output,
    async [Symbol.asyncDispose]() {
      await front.close();
      await functions.stop();
    },
  };
}
