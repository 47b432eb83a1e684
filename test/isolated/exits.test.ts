/** A graph whose import ends the process of its worker: its runs end with an error, the queue flows on for the others. */
import { startServer, type TestServer } from "../support/server.ts";
import { json, post, readFrames } from "../support/sse.ts";
import { dataOf } from "./follow.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ config: "test/fixtures/rude/langgraph.json", isolated: true });
});
afterAll(() => server.stop());

test("A3: a worker that ends at import: three attempts, then an error; runs of other graphs are done meanwhile", async () => {
  const { thread_id } = await json(post(`${server.url}/threads`, {}));
  const thread = `${server.url}/threads/${String(thread_id)}`;
  const response = await post(`${thread}/runs/stream`, { assistant_id: "exits", input: {} });
  const reading = readFrames(response);

  const other = await json(post(`${server.url}/runs/wait`, { assistant_id: "good", input: {} }));
  const frames = await reading;
  const next = await json(post(`${thread}/runs/wait`, { assistant_id: "good", input: {} }));

  const attempts = frames.flatMap((frame) => (frame.event === "metadata" ? [dataOf(frame)["attempt"]] : []));
  expect(other).toEqual({ out: "ok" });
  expect(attempts).toEqual([1, 2, 3]);
  expect(frames.at(-1)?.event).toBe("error");
  expect(dataOf(frames.at(-1))).toMatchObject({
    error: "RunLost",
    message: "the run was started 3 times and made no progress",
  });
  const run = await json(fetch(server.url + (response.headers.get("content-location") ?? "")));
  expect(run).toMatchObject({ status: "error" });
  expect(next).toEqual({ out: "ok" });
});
