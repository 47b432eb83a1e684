/**
 * Nobody reaches what is not theirs: each route of the router is asked by one user for what is another's. A route without a row fails.
 * Afterwards all that is the other's is as it was. For projects of either language, with the graphs of test/fixtures/auth.
 */
import { isDeepStrictEqual } from "node:util";
import type { Client } from "@langchain/langgraph-sdk";
import { CALLER_TICKET } from "../../functions/core/auth/caller-tickets.ts";
import { OPERATIONS } from "../../functions/http/openapi/document.ts";
import { json } from "../support/sse.ts";
import type { TestServer } from "../support/server.ts";
import { ROWS } from "./isolation-rows.ts";
import { clientOf, lookedAt, ownedWorld, SECRET, type World } from "./owned-world.ts";

/** Tests of the server that `start` gives. */
export function testIsolation(start: () => Promise<TestServer>): void {
  let server: TestServer;
  let ann: Client;
  let bob: Client;
  let world: World;
  let before: object;

  const send = (user: string | undefined, route: string, body?: object, headers: object = {}): Promise<Response> => {
    const [method = "", path = ""] = route.split(" ");
    return fetch(`${server.url}${path}`, {
      method,
      headers: {
        ...(user !== undefined && { authorization: `Bearer ${user}` }),
        ...(body && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  };

  beforeAll(async () => {
    server = await start();
    [ann, bob] = [clientOf(server.url, "ann"), clientOf(server.url, "bob")];
    world = await ownedWorld(ann, (body) => send("ann", "POST /runs", body));
    before = await lookedAt(ann, world);
  });
  afterAll(() => server.stop());

  /** Open to everybody; all others want to know who asks. */
  const OPEN = ["GET /", "GET /ok", "GET /info", "GET /docs", "GET /openapi.json", "GET /ui/:assistant_id/:file"];

  const served = Object.values(OPERATIONS).flatMap((routes) => Object.keys(routes));

  test("each route has a row", () => {
    expect(Object.keys(ROWS).toSorted()).toEqual(served.toSorted());
  });

  describe.each(served)("%s", (route) => {
    test("shows and changes nothing of another's", async () => {
      for (const { ask, body, headers, status = 404, answer } of ROWS[route]?.(world) ?? []) {
        const response = await send("bob", ask, body, headers);
        const text = await response.text();

        expect([ask, response.status, text]).toEqual([ask, status, expect.not.stringContaining(SECRET)]);
        expect(answer === undefined ? answer : JSON.parse(text), ask).toEqual(answer);
      }
    });

    test("answers the owner", async () => {
      for (const { ask, body, headers, answer } of (ROWS[route]?.(world) ?? []).filter(({ owner }) => owner)) {
        const response = await send("ann", ask, body, headers);
        const isStream = response.headers.get("content-type") === "text/event-stream";
        const shown = isStream ? await response.body?.cancel() : await response.json();

        expect([ask, response.status]).toEqual([ask, 200]);
        expect(answer === undefined || !isDeepStrictEqual(shown, answer), ask).toBe(true);
      }
    });

    test.skipIf(OPEN.includes(route))("wants to know who asks", async () => {
      for (const { ask, body } of ROWS[route]?.(world) ?? [])
        for (const headers of [
          {},
          { "x-api-key": "any" },
          { [CALLER_TICKET]: "guessed" },
          { "x-auth-scheme": "langsmith", authorization: "Bearer eve" },
        ]) {
          const response = await send(undefined, ask, body, headers);
          expect([ask, response.status]).toEqual([ask, 401]);
        }
    });
  });

  test("what is not there wants to know who asks, too", async () => {
    for (const route of ["GET /nothing"])
      expect([route, (await send(undefined, route.replaceAll(/:\w+/g, "x"))).status]).toEqual([route, 401]);
  });

  describe("a graph that calls its own server", () => {
    test("is the user whose run it is", async () => {
      const { thread: thread_id, run: run_id } = world;
      const input = { of: { thread_id, run_id, namespace: ["ann", "notes"] } };

      const { seen } = (await bob.runs.wait(null, "reaches", { input })) as { seen: Record<string, unknown> };

      const gone = expect.stringContaining("404");
      expect(JSON.stringify(seen)).not.toContain(SECRET);
      expect(seen).toMatchObject({
        thread: gone,
        state: gone,
        run: gone,
        result: gone,
        create: gone,
        remove: gone,
        item: null,
      });
      const threads = seen["threads"] as { metadata: object }[];
      expect(threads.every(({ metadata }) => (metadata as { owner: string }).owner === "bob")).toBe(true);
    });

    test("reaches what is its user's", async () => {
      const { thread: thread_id, run: run_id } = world;
      const { thread_id: mine } = await ann.threads.create();
      await ann.runs.wait(mine, "tells", { input: {} });
      const input = { of: { thread_id: mine, run_id, namespace: ["ann", "kept"] } };

      const { seen } = (await ann.runs.wait(null, "reaches", { input })) as { seen: Record<string, unknown> };

      expect(seen).toMatchObject({ item: { value: { secret: SECRET } }, thread: { thread_id: mine } });
      expect(thread_id).not.toBe(mine);
    });
  });

  test("an assistant is a tool for whoever may see it, and runs of a call are the caller's", async () => {
    const rpc = (user: string, method: string, params: object = {}) =>
      json(send(user, "POST /mcp", { jsonrpc: "2.0", id: 1, method, params }));
    const call = (user: string, name: string) => rpc(user, "tools/call", { name, arguments: { secret: "mine" } });

    const [hers, his] = [await rpc("ann", "tools/list"), await rpc("bob", "tools/list")];
    const [called, refused, own] = [await call("ann", SECRET), await call("bob", SECRET), await call("bob", "tells")];

    expect(JSON.stringify(hers)).toContain(SECRET);
    expect(JSON.stringify(his)).not.toContain(SECRET);
    expect(called).toMatchObject({ result: { structuredContent: { caller: { id: "ann" } } } });
    expect(refused).toMatchObject({ error: { message: `Unknown tool: ${SECRET}` } });
    expect(own).toMatchObject({ result: { structuredContent: { caller: { id: "bob" } } } });
  });

  test("the card of an agent asks for no key, as keys open nothing here", async () => {
    const card = await json(send("bob", "GET /a2a/tells/.well-known/agent-card.json"));

    expect(card).toMatchObject({ name: "tells" });
    expect(JSON.stringify(card)).not.toContain("x-api-key");
  });

  describe("whose run it is", () => {
    test("nobody says of himself, and only the graph is told all of it", async () => {
      const configurable = {
        langgraph_auth_user_id: "ann",
        langgraph_auth_user: { identity: "ann" },
        langgraph_auth_permissions: ["all"],
      };
      const { thread_id } = await bob.threads.create();

      const told = (await bob.runs.wait(thread_id, "tells", {
        input: { secret: "mine" },
        config: { configurable },
        context: configurable,
      })) as object;
      const [kept] = await bob.runs.list(thread_id);

      const user = {
        identity: "bob",
        permissions: [],
        token: "secret of bob",
        display_name: "bob",
        is_authenticated: true,
      };
      expect(told).toMatchObject({ caller: { id: "bob", user, permissions: [] }, notes: expect.any(Array) });
      expect(JSON.stringify(told)).not.toContain(SECRET);
      expect(JSON.stringify(kept)).not.toContain("secret of bob");
    });

    test("counts for a key that another has used, too", async () => {
      const body = { assistant_id: "tells", input: { secret: "no secret" }, on_completion: "keep" };
      const make = async (user: string) =>
        (await (
          await send(user, "POST /runs", body, { "idempotency-key": "one that both think of" })
        ).json()) as object;

      const [hers, his, again] = [await make("ann"), await make("bob"), await make("ann")];

      expect(his).not.toMatchObject({ run_id: (hers as { run_id: string }).run_id });
      expect(again).toEqual({ ...hers, status: expect.any(String), updated_at: expect.any(String) });
    });

    test("no event and no checkpoint tells who else may see the thread", async () => {
      const { thread_id } = await bob.threads.create();
      const streamMode = [
        "values",
        "updates",
        "messages-tuple",
        "debug",
        "events",
        "tasks",
        "checkpoints",
        "custom",
      ] as const;

      const events: string[] = [];
      for await (const event of bob.runs.stream(thread_id, "asks", {
        input: { secret: "?" },
        streamMode: [...streamMode],
      }))
        events.push(JSON.stringify(event));
      const [state, history, thread] = await Promise.all([
        bob.threads.getState(thread_id, undefined, { subgraphs: true }),
        bob.threads.getHistory(thread_id),
        bob.threads.get(thread_id),
      ]);

      expect(events.length).toBeGreaterThan(streamMode.length);
      expect(JSON.stringify([events, state, history, thread])).not.toContain("secret of bob");
    });
  });

  test("an id that was another's shows nothing of its earlier life", async () => {
    const { thread_id } = await ann.threads.create();
    await ann.runs.wait(thread_id, "tells", { input: { secret: SECRET } });
    const [earlier] = await ann.runs.list(thread_id);
    await ann.threads.delete(thread_id);
    await bob.threads.create({ threadId: thread_id });
    await bob.runs.wait(thread_id, "tells", { input: { secret: "mine" } });

    const events: string[] = [];
    for await (const { event, data } of bob.threads.joinStream(thread_id, {
      lastEventId: "-",
      streamMode: ["run_modes"],
    })) {
      events.push(JSON.stringify([event, data]));
      if (JSON.stringify(data).includes("run_done")) break;
    }
    const run = await send("bob", `GET /threads/${thread_id}/runs/${earlier?.run_id}/stream?after=-1`);

    expect(run.status).toBe(404);
    expect(events.join("\n")).toContain("mine");
    const all = [events, await bob.threads.getHistory(thread_id), await bob.runs.list(thread_id)];
    expect(JSON.stringify(all)).not.toContain(SECRET);
  });

  test("the other's world is as it was", async () => {
    expect(await lookedAt(ann, world)).toEqual(before);
  });
}
