/**
 * What each client did, step by step. A client in a process of its own prints a line of JSON for each step; other lines are passed on.
 * CI counts the lines that begin with "ok" or "FAIL".
 */
import { z } from "zod";

/** The steps that every client is asked for. A client may have others, too. */
export const STEPS = [
  "chat turn",
  "tool call",
  "interrupt and resume",
  "reload in mid-run",
  "stop",
  "stop from a second tab after a reload",
  "five edits and a regenerate",
  "second tab follows",
] as const;
export type Step = (typeof STEPS)[number];

const Result = z.object({
  client: z.string(),
  /** What is installed from the registry, and which version of it. */
  package: z.string(),
  version: z.string(),
  step: z.string(),
  result: z.enum(["ok", "no call for it", "failed"]),
  /** Why it failed, or why the client has no call for it. */
  why: z.string().optional(),
});
export type Result = z.infer<typeof Result>;

export type Client = Pick<Result, "client" | "package" | "version">;

/** Which table has it: that of all clients, or that of the thread-centric protocol. */
export type Part = "steps" | "thread";

const seen: Record<Part, Result[]> = { steps: [], thread: [] };

export const resultsOf = (part: Part): readonly Result[] => seen[part];
export const failed = (): boolean => [...seen.steps, ...seen.thread].some(({ result }) => result === "failed");

/** @param line that a client has printed */
export function take(line: string): void {
  const isResult = line.startsWith('{"client"');
  if (isResult) report(Result.parse(JSON.parse(line)));
  else console.log(line);
}

export function report(result: Result, part: Part = "steps"): void {
  seen[part].push(result);
  const title = `${result.client}: ${result.step}`;
  if (result.result === "failed") console.log(`FAIL ${title}: ${result.why ?? ""}`);
  else console.log(`ok ${title}${result.result === "ok" ? "" : `: ${result.result}`}`);
}

/** Runs a step of a client that is used from this process. A step that fails does not stop the others. */
export async function step(client: Client, name: string, run: () => Promise<void>, part?: Part): Promise<void> {
  try {
    await run();
    report({ ...client, step: name, result: "ok" }, part);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    report({ ...client, step: name, result: "failed", why }, part);
  }
}

/** @param why the client has none */
export const noCall = (client: Client, name: string, why: string, part?: Part): void =>
  report({ ...client, step: name, result: "no call for it", why }, part);

/** Clients that were not asked for all of STEPS. */
export function unasked(): string[] {
  const clients = [...new Set(seen.steps.map(({ client }) => client))];
  return clients.flatMap((client) => {
    const asked = new Set(seen.steps.filter((one) => one.client === client).map((one) => one.step));
    return STEPS.filter((name) => !asked.has(name)).map((name) => `${client}: ${name}`);
  });
}
