/** What a deployed graph finds around it: its variables, secrets among them, and the store. */
import { createHash } from "node:crypto";
import { type LangGraphRunnableConfig, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({ seen: z.record(z.string(), z.string()).optional() });

const hash = (text: string | undefined): string =>
  createHash("sha256")
    .update(text ?? "")
    .digest("hex");

async function look(_: typeof State.State, { store }: LangGraphRunnableConfig) {
  const namespace = ["deployed", "keeper"];
  await store?.put(namespace, "note", { text: "kept" });
  const note = await store?.get(namespace, "note");
  await store?.delete(namespace, "note");
  const { GREETING = "", STORED_SECRET, OTHER_SECRET } = process.env;
  return {
    seen: {
      greeting: GREETING,
      stored: hash(STORED_SECRET),
      other: hash(OTHER_SECRET),
      note: String(note?.value["text"]),
    },
  };
}

export const graph = new StateGraph(State).addNode("look", look).addEdge(START, "look").compile();
