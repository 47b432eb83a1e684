/**
 * One server of test/fixtures/golden for the files of the flow suite: a start takes two seconds of CPU. The first file that asks has it
 * started by vitest's own process (the default export, a global setup), which ends it with the test run. It has the threads of all: who
 * changes what is not its own (cancels by status, lists all assistants) starts a server.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { behindUrl, GOLDEN, startServer, type TestServer } from "./server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Answers with the URL of the server, once it has started. */
    goldenServer: string;
  }
}

export default async function share(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<TestServer> | undefined;
  const endpoint = createServer((_, answer) => {
    starting ??= startServer({ config: GOLDEN });
    starting.then(
      ({ url }) => answer.end(url),
      (error: unknown) => answer.writeHead(500).end(String(error)),
    );
  }).listen(0, "127.0.0.1");
  await once(endpoint, "listening");
  project.provide("goldenServer", `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`);

  return async () => {
    endpoint.close();
    endpoint.closeAllConnections();
    await (await starting)?.stop();
  };
}

/** `stop` ends what is of the test file alone: behind a Function URL a server or a relay, else nothing. */
export type SharedServer = Pick<TestServer, "url" | "stop">;

/** @throws Error with what the server printed, if it did not start */
export async function goldenServer(): Promise<SharedServer> {
  if (behindUrl) return startServer({ config: GOLDEN });
  const answer = await fetch(inject("goldenServer"));
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return { url: text, stop: () => Promise.resolve() };
}
