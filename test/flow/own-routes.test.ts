/** A project's own routes (`http.app`) in JavaScript: a Hono app, and whatever else has a fetch. */
import { startServer } from "../support/server.ts";
import { ownRoutesHold } from "./own-routes-rules.ts";

const FIXTURE = "test/fixtures/routes";

ownRoutesHold((config, options) => startServer({ config: `${FIXTURE}/${config}`, ...options }));

test("what has a fetch and is no Hono is asked first; what it answers with 404 the server may have", async () => {
  const server = await startServer({ config: `${FIXTURE}/plain.json` });
  onTestFinished(() => server.stop());

  const typed = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };

  expect(await (await fetch(`${server.url}/hello/plain`)).json()).toEqual({ hello: "plain", q: null });
  expect((await fetch(`${server.url}/threads/search`, typed)).status).toBe(200);
});
