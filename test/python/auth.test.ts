/** Custom auth of a project in Python: the SDK's own object of test/fixtures/python/served/auth.py, asked through a real child. */
import type { Auth, AuthRequest, User } from "../../functions/core/auth/auth-port.ts";
import { createPythonAuth } from "../../functions/engine/python/auth/python-auth.ts";
import type { ProjectChildren } from "../../functions/engine/python/process/project-children.ts";
import type { JsonObject } from "../../functions/protocol/json.ts";
import { openServedChildren } from "./served-children.ts";

const logged: [string, Record<string, unknown>][] = [];
const note = (text: string, fields: Record<string, unknown> = {}) => void logged.push([text, fields]);
const logger = { info: note, warn: note, error: note };
beforeEach(() => void (logged.length = 0));

let children: ProjectChildren;
beforeAll(() => void (children = openServedChildren()));
afterAll(async () => (await children.get()).end());
const authOf = (symbol: string): Omit<Auth, "admitsStudio"> =>
  createPythonAuth({ spec: `./served/auth.py:${symbol}`, children, logger });

const asked = (headers: Record<string, string>, more: Partial<AuthRequest> = {}): AuthRequest => ({
  method: "POST",
  path: "/threads/a%20b",
  query: "limit=1&name=%C3%A9",
  headers: new Headers(headers),
  body: () => Promise.reject(new Error("nobody wants the body")),
  ...more,
});
const ANN: User = {
  identity: "ann",
  display_name: "ann",
  is_authenticated: true,
  permissions: ["read"],
  plan: { seats: 3 },
};
const FAILED = { kind: "refused", status: 500, detail: "Internal Server Error", headers: [] };

describe("authenticate", () => {
  const as = (who: string) => authOf("auth").authenticate(asked({ authorization: `Bearer ${who}` }));
  const seen = { method: "POST", path: "/threads/a b", tenant: "red", query: { limit: "1", name: "é" } };

  test.each([
    ["a text", "text", { identity: "ann", display_name: "ann", is_authenticated: true, permissions: [] }],
    ["a mapping", "fields", ANN],
    ["an object", "object", { ...ANN, plan: undefined, permissions: ["team:red"], team: "red" }],
  ])("returns %s: a user with all fields", async (_, who, user) => {
    expect(await as(who)).toEqual({ kind: "user", user });
  });

  test("is told what it asks for by name", async () => {
    const headers = { authorization: "Bearer looks", "X-Tenant": "red" };

    expect(await authOf("auth").authenticate(asked(headers))).toMatchObject({ kind: "user", user: { seen } });
  });

  test.each([
    ["by_body", "ann"],
    ["by_request", "red ann"],
  ])("%s: the body comes if it asks for it", async (symbol, identity) => {
    const body = () => Promise.resolve(Buffer.from('{"who":"ann"}'));

    expect(await authOf(symbol).authenticate(asked({ "x-tenant": "red" }, { body }))).toMatchObject({
      user: { identity },
    });
  });

  test("refuses by an HTTPException with its status, text and headers, or by an assertion", async () => {
    const headers = [["WWW-Authenticate", "Bearer"]];

    expect(await authOf("auth").authenticate(asked({}))).toEqual({
      ...FAILED,
      status: 401,
      detail: "Unauthorized",
      headers,
    });
    expect(await as("banned")).toEqual({ ...FAILED, status: 403, detail: "You are banned" });
    expect(await as("asserts")).toEqual({ ...FAILED, status: 401, detail: "not you" });
    expect(logged).toEqual([]);
  });

  test.each(["fails", "nobody", "nothing"])("%s: 500, and the log has no text of it", async (who) => {
    expect(await as(who)).toEqual(FAILED);
    expect(logged).toMatchObject([["auth fails", { source: "./served/auth.py:auth" }]]);
    expect(JSON.stringify(logged)).not.toContain("secret");
  });
});

describe("authorize", () => {
  const may = (resource: string, action: string, value: JsonObject = {}, user = ANN) =>
    authOf("auth").authorize({ resource, action, value, user });
  const thread_id = "00000000-0000-4000-8000-000000000001";

  test("the handler of resource and action comes first: its filter, and the value as it has left it", async () => {
    expect(await may("threads", "create", { thread_id, if_exists: "raise" })).toEqual({
      kind: "allowed",
      filter: { owner: "ann", team: { $contains: ["read"] }, falsy: { $eq: 0 } },
      value: { thread_id, if_exists: "raise", metadata: { owner: "ann" } },
    });
  });

  test("then that of the resource, then the one for everything", async () => {
    expect(await may("threads", "update")).toMatchObject({ kind: "allowed", filter: { handler: "threads update" } });
    expect(await may("crons", "create")).toEqual({ ...FAILED, status: 403, detail: "Forbidden" });
  });

  test("without a handler everything is allowed", async () => {
    const value = { thread_id: "not-a-uuid" };

    expect(await authOf("by_body").authorize({ resource: "threads", action: "read", value, user: ANN })).toEqual({
      kind: "allowed",
      filter: null,
      value,
    });
  });

  test("a bool allows or refuses, an exception says how", async () => {
    expect(await may("threads", "delete")).toEqual({ kind: "allowed", filter: null, value: {} });
    expect(await may("threads", "delete", {}, { ...ANN, plan: { seats: 1 } })).toMatchObject({ status: 403 });
    expect(await may("threads", "read")).toEqual({ ...FAILED, status: 404, detail: "There is no such thread" });
  });

  test("a namespace is a tuple there, and comes back as it was rewritten", async () => {
    expect(await may("store", "put", { namespace: ["notes"], key: "a" })).toEqual({
      kind: "allowed",
      filter: null,
      value: { namespace: ["ann", "notes"], key: "a" },
    });
    expect(await may("store", "get", { namespace: ["other"] })).toEqual({
      ...FAILED,
      status: 403,
      detail: "Not yours",
    });
  });

  test("a user of the Studio is one of the SDK's class", async () => {
    expect(await may("assistants", "search", {}, { ...ANN, kind: "StudioUser" })).toMatchObject({ kind: "allowed" });
    expect(await may("assistants", "search")).toMatchObject({ kind: "refused", status: 403 });
  });

  test("any other answer is a defect, and refuses", async () => {
    expect(await may("threads", "search")).toEqual(FAILED);
    expect(logged).toMatchObject([["auth fails", { error: "TypeError" }]]);
  });
});

test.each([
  ["./served/auth.py:no_auth", "NoAuth: it is no Auth of langgraph_sdk: object"],
  ["./served/auth.py:no_authenticator", "NoAuth: it has no handler for authenticate"],
  ["./served/auth.py:absent", 'it has no "absent"'],
  ["./more/broken.py:graph", "ModuleNotFoundError: No module named 'a_package_that_is_not_there'"],
])("%s does not load: nobody is let in, and the log says why", async (spec, why) => {
  const auth = createPythonAuth({ spec, children, logger });

  expect(await auth.authenticate(asked({ authorization: "Bearer text" }))).toEqual(FAILED);
  expect(await auth.authorize({ resource: "threads", action: "read", value: {}, user: ANN })).toEqual(FAILED);
  expect(logged).toHaveLength(2);
  for (const [text, { error }] of logged)
    expect([text, error]).toEqual(["auth does not load: nobody is let in", expect.stringContaining(why)]);
});

test("a parameter that nobody has to give is a defect that names it", async () => {
  expect(await authOf("by_unknown").authenticate(asked({}))).toEqual(FAILED);
  expect(logged).toMatchObject([["auth fails", { error: "TypeError" }]]);
});
