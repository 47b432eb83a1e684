/** `client.threads.stream` of the SDK for JavaScript: an object takes the place of a tab, which has read the thread's state first. */
import { Client as Sdk } from "@langchain/langgraph-sdk";
import { stop } from "./run-of-thread.ts";
import type { Client } from "../results.ts";
import type { Seat, SeatKind } from "./seat.ts";

type Content = string | { text?: string }[];

/** As the API has it, or an instance: the SDK makes those of what is streamed. Made of an instance again, it has its blocks alone. */
interface Message {
  id?: string;
  type: string;
  content?: Content;
  contentBlocks?: Content;
}
interface Values {
  messages?: Message[];
}

function textOf({ contentBlocks = "", content = contentBlocks }: Message): string {
  return typeof content === "string" ? content : content.map(({ text = "" }) => text).join("");
}

export const sdkSeats = (client: Client): SeatKind => ({
  client,
  async open({ api, assistant, threadId }): Promise<Seat> {
    const sdk = new Sdk({ apiUrl: api, apiKey: null });
    const thread = threadId
      ? sdk.threads.stream(threadId, { assistantId: assistant })
      : sdk.threads.stream({ assistantId: assistant });
    let stored: Message[] = [];
    /** Of messages that are being said, by their ids. */
    const spoken = new Map<string, string>();
    const [tools, graphs, progress, answered] = [
      new Set<string>(),
      new Set<string>(),
      [] as unknown[],
      new Set<string>(),
    ];
    let isBusy = false;
    /** Its iterables are those of one run; a subscription is taken up again by the next. */
    let values: Awaited<ReturnType<typeof subscribe>> | undefined;
    const subscribe = () => thread.subscribe("values");
    const follow = async (): Promise<void> => {
      isBusy = true;
      values ??= await subscribe();
      await each(values, ({ params }) => void (stored = (params.data as Values).messages ?? stored));
      isBusy = false;
    };
    const begin = (): void => {
      void follow();
      void each(thread.messages, ({ id, text }) => {
        spoken.set(id, "");
        void each(text, (piece) => void spoken.set(id, `${spoken.get(id) ?? ""}${piece}`));
      });
      void each(thread.toolCalls, ({ name }) => void tools.add(name));
      void each(thread.subgraphs, ({ name }) => void graphs.add(name));
      void thread.subscribe("custom:progress").then((steps) => each(steps, (step) => void progress.push(step)));
    };
    if (threadId !== undefined) {
      const state = await sdk.threads.getState<Values>(threadId);
      stored = state.values.messages ?? [];
      if (state.next.length > 0) begin();
    }
    const waiting = () => thread.interrupts.filter(({ interruptId }) => !answered.has(interruptId));
    const respond = async (responses: { interrupt_id: string; namespace: string[]; response: string }[]) => {
      for (const { interrupt_id } of responses) answered.add(interrupt_id);
      await thread.respondInput({ responses });
      void follow();
    };
    const answerTo = ({ interruptId, namespace, payload }: (typeof thread.interrupts)[number]) => ({
      interrupt_id: interruptId,
      namespace,
      response: `to ${String(payload)}`,
    });
    return {
      view: async () => {
        const shown = stored.filter(({ type }) => type !== "tool");
        const known = new Set(stored.map(({ id }) => id));
        // What was being said when a worker was killed is said again: at the end of a run all is stored that was said.
        const saying = isBusy ? [...spoken].filter(([id]) => !known.has(id)).map(([, text]) => text) : [];
        return {
          threadId: thread.threadId,
          said: [...shown.map(textOf), ...saying],
          tools: [...tools],
          graphs: [...graphs],
          progress,
          questions: [...new Set(waiting().map(({ payload }) => String(payload)))],
          isBusy,
        };
      },
      async send(text) {
        await thread.run.start({ input: { messages: [{ type: "human", content: text }] } });
        begin();
      },
      answer: (question) =>
        respond(
          waiting()
            .filter(({ payload }) => payload === question)
            .slice(0, 1)
            .map(answerTo),
        ),
      answerAll: () => respond(waiting().map(answerTo)),
      stop: () => stop(sdk, thread.threadId),
      [Symbol.asyncDispose]: () => thread.close(),
    };
  },
});

/** Of a stream that the seat's end breaks off. */
async function each<T>(source: AsyncIterable<T>, use: (one: T) => void): Promise<void> {
  try {
    for await (const one of source) use(one);
  } catch {
    // The view shows what has come.
  }
}
