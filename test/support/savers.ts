/** Savers over the real store on the emulator, and the graph of two nodes that most tests of them run. */
import { randomUUID } from "node:crypto";
import * as lg from "@langchain/langgraph";
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import type { CheckpointStore } from "../../functions/core/checkpoint/checkpoint-port.ts";
import { createSaver, type SaverOptions } from "../../functions/engine/javascript/checkpoint/saver.ts";
import { startTable, type TestTable } from "./dynamodb.ts";

export interface Savers {
  store: CheckpointStore;
  saverOf: (options?: Omit<SaverOptions, "store">) => lg.BaseCheckpointSaver;
  /** Names of the SDK's commands so far. */
  calls: string[];
  stop: () => Promise<void>;
}

export async function openSavers(): Promise<Savers> {
  const db = await startTable();
  const calls: string[] = [];
  const send = db.client.send.bind(db.client) as (command: object) => Promise<unknown>;
  const counting = {
    send: (command: object) => {
      calls.push(command.constructor.name);
      return send(command);
    },
  };
  const store = createCheckpointStore({
    client: counting as unknown as TestTable["client"],
    table: db.table,
    clock: db.clock,
  });
  return { store, calls, saverOf: (options = {}) => createSaver(lg, { store, ...options }), stop: () => db.stop() };
}

/** `Array.fromAsync` is not in the types of es2024. */
export async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export interface Config {
  configurable: { thread_id: string; [key: string]: unknown };
  metadata?: Record<string, unknown>;
}

export const onThread = (thread_id: string = randomUUID()): Config => ({ configurable: { thread_id } });

export const Trail = Annotation.Root({
  trail: Annotation<string[]>({ reducer: (old, added) => [...old, ...added], default: () => [] }),
});

/** Nodes a and b, each leaves its name; `b` is called when b runs. */
export const twoNodes = (checkpointer: lg.BaseCheckpointSaver, b: () => void = () => undefined) =>
  new StateGraph(Trail)
    .addNode("a", () => ({ trail: ["a"] }))
    .addNode("b", () => {
      b();
      return { trail: ["b"] };
    })
    .addEdge(START, "a")
    .addEdge("a", "b")
    .addEdge("b", END)
    .compile({ checkpointer });
