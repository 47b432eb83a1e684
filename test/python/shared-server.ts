/** One server for all test files, as each costs seconds of CPU. */
import type { TestProject } from "vitest/node";
import { startPython } from "./python-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    pythonUrl: string;
  }
}

export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = await startPython();
  provide("pythonUrl", server.url);
  return () => server.stop();
}
