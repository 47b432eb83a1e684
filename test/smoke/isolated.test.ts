/** The smoke test against the functions as they are deployed, with time-outs short enough to see cuts and hand-overs. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type TestServer } from "../support/server.ts";
import { runSmoke } from "./run-smoke.ts";

/** s; a quarter of it is kept for the cut, and for the hand-over: on a busy machine a step takes as long as a second. */
const TIMEOUT = "12";
/** 32 steps of 500 ms: longer than a response or a worker lives. */
const LONG = ["--assistant", "steps", "--input", '{"count":0,"until":32,"ms":500}', "--only", "long"];

async function isolated(env: Record<string, string>): Promise<AsyncDisposable & TestServer> {
  const data = mkdtempSync(join(tmpdir(), "threadline-smoke-"));
  const limits = { THREADLINE_ISOLATED_API_TIMEOUT: TIMEOUT, THREADLINE_ISOLATED_WORKER_TIMEOUT: TIMEOUT };
  const config = "test/fixtures/local/langgraph.json";
  // A data folder of its own: these settings are of this machine, so a deployed server does not stand in.
  const server = await startServer({ config, data, isolated: true, env: { ...limits, ...env } });
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

describe.concurrent("a run longer than any function lives", () => {
  it("is cut by aborts, handed over, and complete for who comes back", async ({ expect }) => {
    await using server = await isolated({});

    const { code, rows, out, err } = await runSmoke(server.url, ...LONG);

    expect(code, out + err + server.output()).toBe(0);
    expect(rows.get("a cut by the server")?.seen).toMatch(/^after \S+ m?s, an abort: terminated/);
    expect(rows.get("long run, resumed")?.outcome).toBe("ok");
    expect(rows.get("hand-over")?.seen).toMatch(/^one attempt/);
  });

  it("cut cleanly looks like an end to who does not ask further", async ({ expect }) => {
    await using server = await isolated({ THREADLINE_STREAM_CUT: "clean" });

    const { code, rows, out, err } = await runSmoke(server.url, ...LONG);

    expect(code, out + err + server.output()).toBe(0);
    expect(rows.get("a cut by the server")?.seen).toMatch(/a clean end\. Clients that do not ask/);
    expect(rows.get("long run, resumed")?.outcome).toBe("ok");
  });
});
