/**
 * The local system with the properties of a deployment: an SQS queue, tokens at the pace of AWS, and readers that poll (unless asked
 * otherwise).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Env } from "../../functions/aws/env.ts";
import type { Wake } from "../../functions/core/log/log-port.ts";
import type { Logger } from "../../functions/core/ports.ts";
import { serveNode } from "../../functions/http/edge/node-server.ts";
import { startDynamodb } from "../../local/dynamodb.ts";
import { startFunctions } from "../../local/host-in-process.ts";
import { prepareAws } from "../../local/prepare-aws.ts";
import { startSqs } from "../../local/sqs.ts";
import { compileProject } from "../../packaging/compile-project.ts";

export interface System extends AsyncDisposable {
  url: string;
  env: Env;
}

const CONFIG = fileURLToPath(new URL("project/langgraph.json", import.meta.url));

/** @param wake wakes readers */
export async function startSystem(
  logger: Logger,
  { config = CONFIG, wake }: { config?: string; wake?: Wake } = {},
): Promise<System> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "threadline-cost-"));
  started.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const out = join(folder, "build");
  const [dynamodb, sqs] = await Promise.all([startDynamodb(), startSqs(), compileProject({ config, out })]);
  started.defer(() => dynamodb.stop());
  started.defer(() => sqs.stop());
  const { env } = await prepareAws({
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    THREADLINE_PROJECT_DIR: out,
  });
  const functions = await startFunctions({ env, host: { logger, ...(wake && { wake }) }, port: 0 });
  started.defer(() => functions.stop());
  const server = await serveNode(functions.app, { port: 0, hostname: "127.0.0.1" });
  started.defer(() => server.close());
  const all = started.move();
  return { url: server.url, env, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
