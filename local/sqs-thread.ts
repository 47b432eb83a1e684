/** The thread of the SQS emulator; says its port once it listens. Must not know what is sent through it. */
import { enableCompileCache } from "node:module";
import { parentPort } from "node:worker_threads";

// Of its thread alone; what is imported before it is not cached.
enableCompileCache();
const { startFauxqs } = await import("fauxqs");
const { port } = await startFauxqs({ port: 0, logger: false, host: "127.0.0.1" });
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
parentPort?.postMessage(port);
