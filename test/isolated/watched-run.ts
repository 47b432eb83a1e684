/** A run of a graph of `test/fixtures/crash` that is watched from its start, and what the graph leaves outside. Must not kill anything. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type TestServer } from "../support/server.ts";
import { type Frame, json, post, readFrames } from "../support/sse.ts";
import { dataOf, follow, type Follower } from "./follow.ts";

export interface Watched {
  reader: Follower;
  thread: string;
  run: string;
  /** What the graph's tasks left outside, in order. */
  work(): { what: string; pid: number }[];
}

/** A server of the graphs, and the folder of the files that they write. */
export interface IsolatedServer {
  server: TestServer;
  folder: string;
  stop(): Promise<void>;
}

export async function startIsolatedServer({ isolated = true } = {}): Promise<IsolatedServer> {
  const folder = mkdtempSync(join(tmpdir(), "threadline-crash-"));
  const env = { THREADLINE_LOG_LEVEL: "info" };
  const server = await startServer({ config: "test/fixtures/crash/langgraph.json", isolated, env });
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server, folder, stop };
}

export async function watch({ server, folder }: IsolatedServer, graph: string, input: object): Promise<Watched> {
  const { thread_id } = await json(post(`${server.url}/threads`, {}));
  const file = join(folder, String(thread_id));
  const response = await post(`${server.url}/threads/${String(thread_id)}/runs/stream`, {
    assistant_id: graph,
    input: { ...input, file },
    stream_mode: ["custom", "updates"],
  });
  const run = response.headers.get("content-location") ?? "";
  const work = () => readWork(file);
  return {
    reader: follow(response),
    thread: `${server.url}/threads/${String(thread_id)}`,
    run: server.url + run,
    work,
  };
}

export const readWork = (file: string): { what: string; pid: number }[] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => ({ what: line.slice(0, line.lastIndexOf(" ")), pid: Number(line.split(" ").at(-1)) }));

export const attemptOf = (frame: Frame): unknown => (frame.event === "metadata" ? dataOf(frame)["attempt"] : undefined);
/** Tasks by name; what LangGraph takes from a stored write, and shows again, is marked. */
export const updatesOf = (frames: Frame[]): string[] =>
  frames
    .filter(({ event }) => event === "updates")
    .map((frame) => {
      const { __metadata__: known, ...tasks } = dataOf(frame);
      return `${Object.keys(tasks).join()}${known === undefined ? "" : " (stored)"}`;
    });
export const replay = async ({ run }: Watched): Promise<Frame[]> =>
  readFrames(await fetch(`${run}/stream`, { headers: { "last-event-id": "-1" } }));

/** The process that the slow task told of at this tick. */
export const pidAt = async ({ reader }: Watched, tick: number): Promise<number> =>
  Number(dataOf(await reader.until((frame) => dataOf(frame)["tick"] === tick))["pid"]);
