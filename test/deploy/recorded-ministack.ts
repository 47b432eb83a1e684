/** MiniStack for one test: what its functions ask goes through a recording proxy, and it ends with the test. */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../local/free-port.ts";
import { cdk, endMiniStack, logOf, startMiniStack } from "../../local/ministack/start-ministack.ts";
import { PATIENCE } from "../support/patience.ts";
import { type RecordingProxy, startProxy } from "./recording-proxy.ts";

export interface RecordedMiniStack {
  endpoint: string;
  proxy: RecordingProxy;
  cdk(...args: string[]): Promise<void>;
  /** Resolves once a line that it or a function has printed matches. */
  until(pattern: RegExp): Promise<void>;
  stop(): void;
}

/** @param bin folder of its program; @param folder takes state and log */
export async function startRecorded(bin: string, folder: string): Promise<RecordedMiniStack> {
  const port = await freePort();
  const proxy = await startProxy({ port });
  const { endpoint, pid } = await startMiniStack({ bin, folder, port, functionsAsk: proxy.url });
  const kill = (): void => endMiniStack(pid);
  process.once("exit", kill);
  return {
    endpoint,
    proxy,
    cdk: (...args) => cdk(endpoint, folder, ...args),
    async until(pattern) {
      for (const began = performance.now(); !pattern.test(readFileSync(logOf(folder), "utf8")); await pause(100))
        if (performance.now() - began > PATIENCE) throw new Error(`nothing has printed ${pattern.source}`);
    },
    stop() {
      proxy.stop();
      process.off("exit", kill);
      kill();
    },
  };
}
