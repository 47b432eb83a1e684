/** A function of test/isolated/handlers.ts behind a Function URL of its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IDLE_ENVIRONMENT } from "../../local/isolated/timings.ts";
import { serveUrl, type UrlOptions } from "../../local/isolated/function-url.ts";
import type { FunctionConfig } from "../../local/isolated/function-config.ts";
import { Pool } from "../../local/isolated/pool.ts";
import { type Reaper, startReaper } from "../../local/isolated/start-reaper.ts";

/** s. On a busy machine no function comes near it. */
const TIMEOUT = 120;

export interface FunctionUnderTest {
  pool: Pool;
  url: string;
  /** Everything that its processes printed. */
  printed: () => string;
}

export interface Bench {
  /** A path in a folder that goes with the bench. */
  file(name: string): string;
  /** @param handler an export of handlers.ts, or `file.export` of another file */
  open(handler: string, options?: Partial<FunctionConfig & UrlOptions>): Promise<FunctionUnderTest>;
  stop(): Promise<void>;
}

export function startBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), "threadline-isolated-"));
  const source = readFileSync(new URL("handlers.ts", import.meta.url), "utf8");
  writeFileSync(join(folder, "handlers.mjs"), stripTypeScriptTypes(source));
  const reaper: Reaper = startReaper();
  const stops: (() => Promise<void> | void)[] = [];
  return {
    file: (name) => join(folder, name),
    async open(handler, options = {}) {
      let printed = "";
      const pool = new Pool({
        name: "under-test",
        handler: handler.includes(".") ? handler : `handlers.${handler}`,
        taskRoot: folder,
        variables: { PATH: process.env["PATH"] },
        timeout: TIMEOUT,
        concurrency: 10,
        freeze: true,
        keepIdle: IDLE_ENVIRONMENT,
        print: (text) => void (printed += text),
        reaper,
        ...options,
      });
      const behaviour: UrlOptions = {
        port: 0,
        hostname: "127.0.0.1",
        midStreamError: "abort",
        holdLastChunk: false,
        ...options,
      };
      const front = await serveUrl(Promise.resolve(pool), behaviour);
      stops.push(
        () => pool.stop(),
        () => front.close(),
      );
      return { pool, url: front.url, printed: () => printed };
    },
    async stop() {
      for (const stop of stops) await stop();
      await reaper.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An address of the function with its parameters. */
export const address = (url: string, parameters: Record<string, string>): string =>
  `${url}/?${new URLSearchParams(parameters).toString()}`;

export const pidOf = (response: Response): string => response.headers.get("x-pid") ?? "";

/** Reads until the text that has come fulfils the condition; the rest can be read on from the returned reader. */
export async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  fulfils: (text: string) => boolean,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  while (!fulfils(text)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the stream ended after: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  return text;
}

export function readerOf(response: Response): ReadableStreamDefaultReader<Uint8Array> {
  if (!response.body) throw new Error("no body");
  return response.body.getReader();
}
