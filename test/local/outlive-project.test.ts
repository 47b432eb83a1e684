/** One graph must not end the server for all: stray rejections, late throws, an exit at import. */
import { startServer, type TestServer } from "../support/server.ts";
import { json, post } from "../support/sse.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ config: "test/fixtures/rude/langgraph.json" });
});
afterAll(() => server.stop());

const run = (assistant_id: string) => json(post(`${server.url}/runs/wait`, { assistant_id, input: {} }));

it("a graph that rejects behind the server's back: its run and those of others go on", async () => {
  for (let n = 0; n < 3; n++) expect(await run("rejects")).toEqual({ out: "ok" });

  await expect.poll(() => run("good")).toEqual({ out: "ok" });
  expect((await fetch(`${server.url}/ok`)).status).toBe(200);
});

it("a graph that exits at import is named, the others are served", async () => {
  expect(await run("exits")).toMatchObject({
    __error__: { message: expect.stringMatching(/exits\.ts.*process\.exit/) },
  });
  expect(await run("good")).toEqual({ out: "ok" });
});
