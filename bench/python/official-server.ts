/** LangGraph's own development server for Python, `langgraph dev`, with the same graphs. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../local/free-port.ts";
import { type StartedProcess, startCommand } from "../start-process.ts";

const PROJECT = new URL("project", import.meta.url);

/** @param jobs runs at once; undefined = the server's default */
export async function startOfficial(bin: string, jobs: number | undefined): Promise<StartedProcess> {
  // It writes beside its config.
  const folder = mkdtempSync(join(tmpdir(), "threadline-official-"));
  cpSync(PROJECT, folder, { recursive: true });
  const port = await freePort();
  const options = ["--no-browser", "--no-reload", "--port", String(port), "--config", join(folder, "langgraph.json")];
  const atOnce = jobs === undefined ? [] : ["--n-jobs-per-worker", String(jobs)];
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const started = await startCommand([join(bin, "langgraph"), "dev", ...options, ...atOnce], {
      port,
      cwd: folder,
      env: { ...process.env, LOG_LEVEL: "ERROR", LANGSMITH_TRACING: "false" },
    });
    return { ...started, stop: () => started.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
