/** The app with custom auth: who is let in, what handlers decide, and that whatever fails lets nobody in. */
import { Auth as SdkAuth, HTTPException } from "@langchain/langgraph-sdk/auth";
import type { Auth } from "../../functions/core/auth/auth-port.ts";
import { scopePorts } from "../../functions/core/auth/scope-ports.ts";
import { createJavaScriptAuth } from "../../functions/engine/javascript/auth/javascript-auth.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { type AppUnderTest, appUnderTest, detailOf, jsonOf, runBody, threeSteps } from "./app-under-test.ts";

let table: TestTable;
beforeAll(async () => void (table = await startTable()));
afterAll(() => table.stop());

const logged: string[] = [];
const note = (text: string) => void logged.push(text);
const logger = { info: note, warn: note, error: note };

const authOf = (load: () => unknown, admitsStudio = false): Auth => ({
  ...createJavaScriptAuth({
    source: "./auth.ts:auth",
    load: async () => load(),
    lineOf: () => undefined,
    logger,
  }),
  admitsStudio,
});
const appWith = (auth: Auth, settings = {}): AppUnderTest =>
  appUnderTest(table, threeSteps, { users: auth, ...settings });
const as = (name: string) => ({ authorization: name });

/** The header is the name. */
const named = (): SdkAuth =>
  new SdkAuth().authenticate((request: Request) => {
    const identity = request.headers.get("authorization");
    if (identity === null)
      throw new HTTPException(401, { message: "no name", headers: { "www-authenticate": "Name" } });
    return { identity, permissions: [] };
  });
const owned = () =>
  named().on("*", ({ value, user }) => {
    if (typeof value === "object" && value !== null && "metadata" in value)
      value.metadata = { ...value.metadata, owner: user.identity };
    return { owner: user.identity };
  });

describe("who is not recognised", () => {
  test("gets the status, the text and the headers of the refusal; keys open nothing", async () => {
    const app = appWith(authOf(named), { auth: { kind: "key", sha256: ["0".repeat(64)] } });

    const response = await app.ask("POST /threads", {}, { "x-api-key": "any" });

    expect(response.headers.get("www-authenticate")).toBe("Name");
    expect(await detailOf(response)).toEqual([401, "no name"]);
    expect((await app.ask("POST /threads", {}, as("ann"))).status).toBe(200);
    expect((await app.ask("GET /ok")).status).toBe(200);
  });

  test("is no Studio, unless project and host say so", async () => {
    const studio = { "x-auth-scheme": "langsmith" };
    const asked = (admits: boolean, settings: object) =>
      appWith(authOf(named, admits), settings).ask("POST /threads/search", {}, studio);

    const answers = await Promise.all([
      asked(false, {}),
      asked(true, {}),
      asked(false, { studio: true }),
      asked(true, { studio: true }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 200]);
  });
});

describe("what fails", () => {
  test.each<[string, () => unknown]>([
    ["a module that throws", () => Promise.reject(new Error("no such package"))],
    ["an export that is no Auth", () => ({})],
    ["one that recognises nobody", () => new SdkAuth()],
    [
      "authenticate",
      () =>
        new SdkAuth().authenticate(() => {
          throw new TypeError("x");
        }),
    ],
    ["what is no user", () => new SdkAuth().authenticate(() => ({ identity: "", permissions: [] }))],
    [
      "a handler",
      () =>
        named().on("threads", () => {
          throw new TypeError("x");
        }),
    ],
    ["an operator that nobody knows", () => named().on("threads", () => ({ owner: { $ne: "bob" } }) as never)],
  ])("%s: 500, nothing is done or shown", async (_, load) => {
    const open = appUnderTest(table, threeSteps);
    const thread_id = await open.thread();
    const app = appWith(authOf(load));

    const answers = await Promise.all([
      app.ask(`GET /threads/${thread_id}`, undefined, as("ann")),
      app.ask(`DELETE /threads/${thread_id}`, undefined, as("ann")),
      app.ask("POST /threads/search", { ids: [thread_id] }, as("ann")),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([500, 500, 500]);
    expect((await open.ask(`GET /threads/${thread_id}`)).status).toBe(200);
  });

  test("says why a module does not load, in the log", async () => {
    await appWith(authOf(() => Promise.reject(new Error("x")))).ask("POST /threads", {}, as("ann"));

    expect(logged).toContain("auth does not load: nobody is let in");
  });
});

describe("handlers", () => {
  test("refuse by false with 403, by an exception with its own status; what they do not name is allowed", async () => {
    const auth = named()
      .on("threads:create", () => false)
      .on("threads:search", () => {
        throw new HTTPException(409, { message: "not now" });
      });
    const app = appWith(authOf(() => auth));

    expect(await detailOf(await app.ask("POST /threads", {}, as("ann")))).toEqual([403, "Forbidden"]);
    expect(await detailOf(await app.ask("POST /threads/search", {}, as("ann")))).toEqual([409, "not now"]);
    expect((await app.ask("POST /assistants/search", {}, as("ann"))).status).toBe(200);
  });

  test("a run asks for its assistant, too, and is refused with it", async () => {
    const auth = named().on("assistants:read", () => false);
    const app = appWith(authOf(() => auth));

    expect(await detailOf(await app.ask("POST /runs", runBody(), as("ann")))).toEqual([403, "Forbidden"]);
    expect(app.ports.sent).toEqual([]);
  });

  test("stamp metadata, over what the caller says; a filter finds by it, in any order and by any field", async () => {
    const app = appWith(authOf(owned));
    const mine = await jsonOf(await app.ask("POST /threads", { metadata: { owner: "bob", n: 1 } }, as("ann")));
    const { thread_id } = await jsonOf(await app.ask("POST /runs", runBody({ on_completion: "keep" }), as("ann")));
    await app.work();
    const idsOf = async (who: string, query: object) =>
      ((await (await app.ask("POST /threads/search", query, as(who))).json()) as { thread_id: string }[]).map(
        (thread) => thread.thread_id,
      );

    expect(mine.metadata).toEqual({ owner: "ann", n: 1 });
    for (const query of [{}, { sort_by: "created_at" }, { ids: [mine.thread_id, thread_id] }, { status: "idle" }]) {
      expect(new Set(await idsOf("ann", query)), JSON.stringify(query)).toEqual(new Set([mine.thread_id, thread_id]));
      expect(await idsOf("bob", query), JSON.stringify(query)).toEqual([]);
    }
    expect(await (await app.ask("POST /threads/count", {}, as("ann"))).json()).toBe(2);
  });

  test("a filter that no index has is right, too", async () => {
    const auth = named().on("threads:search", ({ user }) => ({ members: { $contains: user.identity } }));
    const app = appWith(authOf(() => auth));
    const shared = await jsonOf(await app.ask("POST /threads", { metadata: { members: ["ann", "cy"] } }, as("ann")));
    await app.ask("POST /threads", { metadata: { members: ["dan"] } }, as("dan"));

    const found = async (who: string) => (await app.ask("POST /threads/search", {}, as(who))).json();

    expect(await found("cy")).toEqual([expect.objectContaining({ thread_id: shared.thread_id })]);
    expect(await found("eve")).toEqual([]);
  });
});

test("ports throw where a request touches what it has not asked for", async () => {
  const { ports } = appUnderTest(table, threeSteps);
  const scoped = scopePorts(ports, { threads: { kind: "all" } });

  await expect(scoped.crons.list()).rejects.toThrow("a request touches crons that it has not asked for");
  await expect(scoped.assistants.get("x")).rejects.toThrow("assistants");
  await expect(scopePorts(ports, {}).threads.get(await appUnderTest(table, threeSteps).thread())).rejects.toThrow(
    "threads",
  );
});
