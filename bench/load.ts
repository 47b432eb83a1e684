/**
 * Requests and answers of the load client, and the handle of its process. Nothing is measured here: a client in this process would share
 * the event loop of a server whose calls are counted.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** `runs` streamed runs, each on a thread of its own made before the clock starts, `clients` at a time. */
export interface Load {
  url: string;
  clients: number;
  runs: number;
  body: { assistant_id: string; input: object; stream_mode: string };
  /** Whether the emission time of each event is read. That costs the client CPU, so only for paced events. */
  stamped?: boolean;
}

/** Times in ms from the request of the run. */
export interface RunSample {
  /** The first event, which is `metadata`. */
  first: number;
  /** The first event of the graph, and the last. */
  graph: number;
  last: number;
  closed: number;
  /** Events of the graph. */
  events: number;
  /** ms from emission in the graph to arrival; empty unless `stamped`. */
  lags: number[];
  /** ms from one event's arrival to the next one's; empty unless `stamped`. */
  gaps: number[];
}

export interface Measured {
  /** ms from the first request to the last closed body. */
  wall: number;
  runs: RunSample[];
}

export type Answer = { kind: "measured"; measured: Measured } | { kind: "failed"; message: string };

export interface LoadClient {
  run(load: Load): Promise<Measured>;
  stop(): Promise<void>;
}

export function startLoadClient(): LoadClient {
  const file = fileURLToPath(new URL("load-client.ts", import.meta.url));
  const child = fork(file, { execArgv: [], stdio: "inherit" });
  return {
    async run(load) {
      child.send(load);
      const answer = await nextAnswer(child);
      if (answer.kind === "failed") throw new Error(`The load client failed: ${answer.message}`);
      return answer.measured;
    },
    async stop() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}

function nextAnswer(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve) => {
    const done = (answer: Answer): void => {
      child.off("message", done).off("exit", ended);
      resolve(answer);
    };
    const ended = (): void => done({ kind: "failed", message: "it ended" });
    child.on("message", done).on("exit", ended);
  });
}
