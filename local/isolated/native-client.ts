/**
 * Preload (`--import`) of every environment. It replaces the native addon of AWS's runtime client, whose build needs a C++ toolchain, by
 * plain HTTP for polls, buffered answers and errors. It imports nothing of ours: the project's code shares its process.
 */
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { registerHooks } from "node:module";

const INVOCATION = "/2018-06-01/runtime/invocation";
const [hostname, port] = (process.env["AWS_LAMBDA_RUNTIME_API"] ?? "").split(":");
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === "./rapid-client.node"
      ? { url: import.meta.url, format: "module", shortCircuit: true }
      : nextResolve(specifier, context),
});

interface Answer {
  headers: IncomingHttpHeaders;
  body: string;
}

/** The answer of the last invocation. It must be sent before the next poll. */
let posting: Promise<unknown> = Promise.resolve();

/** What the runtime client calls on the addon: waits for the next invocation. */
export async function next(): Promise<{ bodyJson: string; headers: IncomingHttpHeaders }> {
  await posting;
  const { headers, body } = await call("GET", `${INVOCATION}/next`);
  return { bodyJson: body, headers };
}

/** The buffered answer of an invocation. */
export function done(id: string, body: string): void {
  post(`${INVOCATION}/${id}/response`, body);
}

/** The error of an invocation. */
export function error(id: string, body: string, cause: string | undefined): void {
  const { errorType } = JSON.parse(body) as { errorType?: string };
  post(`${INVOCATION}/${id}/error`, body, {
    "lambda-runtime-function-error-type": errorType ?? "Error",
    ...(cause ? { "lambda-runtime-function-xray-error-cause": cause } : {}),
  });
}

function post(path: string, body: string, headers: Record<string, string> = {}): void {
  // An environment cannot go on without its runtime API.
  posting = call("POST", path, body, headers).catch(() => process.exit(1));
}

function call(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sized: Record<string, string> =
    body === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  const asked = request({ hostname, port, agent, method, path, headers: { ...sized, ...headers } }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
    response.on("error", reject);
  });
  asked.on("error", reject).end(body);
  return promise;
}
