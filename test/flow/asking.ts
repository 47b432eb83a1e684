/** A client of graphs that ask: what the tests of interrupts do over and over. Must not assert. */
import type { Client } from "@langchain/langgraph-sdk";

export interface Asked {
  __interrupt__: { id: string; value: unknown }[];
}
export type Payload = NonNullable<Parameters<Client["runs"]["wait"]>[2]>;

/** @param client called for each use: the tests make it before they run */
export function asking(client: () => Client) {
  const wait = (thread_id: string | null, graph: string, payload: Payload) =>
    thread_id === null ? client().runs.wait(null, graph, payload) : client().runs.wait(thread_id, graph, payload);
  return {
    wait,
    ask: async (thread_id: string, graph: string, input: object = {}) =>
      (await wait(thread_id, graph, { input: { ...input } })) as unknown as Asked,
    statusesOf: async (thread_id: string) => {
      const [thread, runs] = await Promise.all([client().threads.get(thread_id), client().runs.list(thread_id)]);
      return { thread: thread.status, run: runs[0]?.status };
    },
    aThread: async () => (await client().threads.create()).thread_id,
  };
}
