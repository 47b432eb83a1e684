/** Streams that no recording has: models called by `invoke`, a stream of 20 MB, a value that JSON cannot express. */
import { z } from "zod";
import { goldenServer, type SharedServer } from "../support/golden-server.ts";
import { createThread, type Frame, parseFrames, post } from "./golden-client.ts";

const Tuple = z.tuple([
  z.object({ content: z.string() }),
  z.object({ tags: z.array(z.string()), langgraph_node: z.string() }),
]);
const Chunk = z.object({ i: z.number(), data: z.string() });

let server: SharedServer;
beforeAll(async () => {
  server = await goldenServer();
});
afterAll(() => server.stop());

test("tokens of models called by invoke carry the model's tags; a model tagged nostream stays silent", async () => {
  const { frames } = await stream({
    assistant_id: "nested_invoke",
    input: { topic: "cats" },
    stream_mode: "messages-tuple",
  });

  const tuples = frames.filter(({ event }) => event === "messages").map(({ data }) => Tuple.parse(data));
  const said = (tag: string) =>
    tuples.flatMap(([{ content }, { tags }]) => (tags.includes(tag) ? [content] : [])).join("");
  expect(said("joke")).toBe("Cats never melt.");
  expect(said("poem")).toBe("Soft snow, soft paws.");
  expect(new Set(tuples.map(([, { langgraph_node }]) => langgraph_node))).toEqual(new Set(["write"]));
});

test("a run that emits 20 MB arrives whole and in order", async () => {
  const [n, bytes] = [100, 200_000];

  const { frames } = await stream({ assistant_id: "big", input: { n, bytes }, stream_mode: "custom" });

  const chunks = frames.filter(({ event }) => event === "custom").map(({ data }) => Chunk.parse(data));
  expect(chunks.map(({ i }) => i)).toEqual(Array.from({ length: n }, (_, i) => i));
  expect(chunks.every(({ data }) => data.length === bytes)).toBe(true);
});

test("a value that JSON cannot express ends the run with an error", async () => {
  const { frames, thread } = await stream({ assistant_id: "unserialisable", input: {}, stream_mode: "values" });

  const runs = z.array(z.object({ status: z.string() })).parse(await (await fetch(`${thread}/runs`)).json());
  expect(frames.at(-1)).toMatchObject({ event: "error", data: { message: expect.stringMatching(/BigInt/i) } });
  expect(runs).toEqual([expect.objectContaining({ status: "error" })]);
});

async function stream(body: Parameters<typeof post>[1]): Promise<{ frames: Frame[]; thread: string }> {
  const thread = `${server.url}/threads/${await createThread(server.url)}`;
  const response = await post(`${thread}/runs/stream`, body);
  expect(response.status).toBe(200);
  return { frames: parseFrames(await response.text()), thread };
}
