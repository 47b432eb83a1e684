/** `client.threads.stream` of the SDK for Python, in a process that takes a line of JSON for each act: ../python/thread_seats.py. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Seat, SeatKind, View } from "./seat.ts";

const SCRIPT = fileURLToPath(new URL("../python/thread_seats.py", import.meta.url));
const Hello = z.object({ version: z.string() });
const Answer = z.object({ id: z.int(), error: z.string().optional(), view: z.unknown() });

export interface PythonSeats extends SeatKind, AsyncDisposable {}

/** @param python interpreter with the SDK @param way `sync` is its synchronous client */
export async function pythonSeats(python: string, way: "async" | "sync"): Promise<PythonSeats> {
  const child = spawn(python, ["-B", SCRIPT, way], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { version } = Hello.parse(JSON.parse((await lines.next()).value ?? "{}"));
  const waiting = new Map<number, (answer: z.infer<typeof Answer>) => void>();
  void (async () => {
    for await (const line of { [Symbol.asyncIterator]: () => lines }) {
      const answer = Answer.parse(JSON.parse(line));
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    }
    for (const [id, answered] of waiting) answered({ id, error: "the process has ended", view: undefined });
  })();
  let last = 0;
  const act = async (seat: number, name: string, more: object = {}): Promise<unknown> => {
    const id = ++last;
    const answered = new Promise<z.infer<typeof Answer>>((resolve) => waiting.set(id, resolve));
    child.stdin.write(`${JSON.stringify({ id, seat, act: name, ...more })}\n`);
    const { error, view } = await answered;
    if (error !== undefined) throw new Error(error);
    return view;
  };
  return {
    client: {
      client: way === "sync" ? "Python SDK, synchronous" : "Python SDK",
      package: "langgraph-sdk",
      version,
    },
    async open(place): Promise<Seat> {
      const seat = ++last;
      await act(seat, "open", { place });
      return {
        view: async () => (await act(seat, "view")) as View,
        send: async (text) => void (await act(seat, "send", { text })),
        answer: async (question) => void (await act(seat, "answer", { question })),
        answerAll: () => Promise.reject(new Error("it answers one question at a time")),
        stop: async () => void (await act(seat, "stop")),
        [Symbol.asyncDispose]: async () => void (await act(seat, "close")),
      };
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await new Promise((resolve) =>
        child.exitCode === null && child.signalCode === null ? child.once("exit", resolve) : resolve(0),
      );
    },
  };
}
