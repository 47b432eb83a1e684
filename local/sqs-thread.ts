/** The thread of the SQS emulator. It posts its endpoint when it listens. */
import { enableCompileCache } from "node:module";
import { parentPort } from "node:worker_threads";
import { hiddenLoopback } from "./hidden-loopback.ts";

// For this thread only. Modules that were imported before are not cached.
enableCompileCache();
const { buildApp } = await import("fauxqs");
// fauxqs's own start would listen on all interfaces of the machine.
const endpoint = await buildApp({ logger: false }).listen({ port: 0, host: await hiddenLoopback() });
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
parentPort?.postMessage(endpoint);
