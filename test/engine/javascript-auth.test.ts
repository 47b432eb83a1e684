/** Custom auth of a project in JavaScript: the SDK's own object. What it shares with Python's is in test/python/auth.test.ts, too. */
import { Auth as SdkAuth, HTTPException } from "@langchain/langgraph-sdk/auth";
import type { Auth, AuthRequest, User } from "../../functions/core/auth/auth-port.ts";
import { createJavaScriptAuth } from "../../functions/engine/javascript/auth/javascript-auth.ts";
import type { JsonObject } from "../../functions/protocol/json.ts";

const logged: [string, Record<string, unknown>][] = [];
const note = (text: string, fields: Record<string, unknown> = {}) => void logged.push([text, fields]);
const logger = { info: note, warn: note, error: note };
beforeEach(() => void (logged.length = 0));

const authOf = (exported: unknown): Omit<Auth, "admitsStudio"> =>
  createJavaScriptAuth({
    source: "./auth.ts:auth",
    load: () => (exported instanceof Error ? Promise.reject(exported) : Promise.resolve(exported)),
    lineOf: () => undefined,
    logger,
  });
const asked = (headers: Record<string, string> = {}, more: Partial<AuthRequest> = {}): AuthRequest => ({
  method: "POST",
  path: "/threads/a%20b",
  query: "limit=1",
  headers: new Headers(headers),
  body: () => Promise.reject(new Error("nobody wants the body")),
  ...more,
});
const ANN: User = { identity: "ann", display_name: "ann", is_authenticated: true, permissions: ["read"] };
const FAILED = { kind: "refused", status: 500, detail: "Internal Server Error", headers: [] };

describe("authenticate", () => {
  const as = (authenticate: (request: Request) => unknown, request = asked()) =>
    authOf({ "~handlerCache": { authenticate } }).authenticate(request);

  test.each([
    ["a text", "ann", { permissions: [] }],
    ["an object", { identity: "ann", permissions: ["read"], plan: { seats: 3 } }, { plan: { seats: 3 } }],
    [
      "a number for an identity",
      { identity: 7, display_name: "Ann" },
      { identity: "7", display_name: "Ann", permissions: [] },
    ],
  ])("returns %s: a user with all fields", async (_, returned, fields) => {
    expect(await as(() => Promise.resolve(returned))).toEqual({ kind: "user", user: { ...ANN, ...fields } });
  });

  test("is given the request, whose body comes if it is read", async () => {
    const body = () => Promise.resolve(Buffer.from('{"who":"ann"}'));
    const identity = async (request: Request) =>
      [request.method, request.url, request.headers.get("X-Tenant"), await request.text()].join(" ");

    expect(await as(identity, asked({ "x-tenant": "red" }, { body }))).toMatchObject({
      user: { identity: 'POST https://localhost/threads/a%20b?limit=1 red {"who":"ann"}' },
    });
    expect(await as(({ method }) => method)).toMatchObject({ user: { identity: "POST" } });
  });

  test("refuses by the SDK's exception, with its status, text and headers", async () => {
    const headers = { "WWW-Authenticate": "Bearer" };
    const refuse = (status: number, options = {}) =>
      as(() => {
        throw new HTTPException(status, options);
      });

    expect(await refuse(401, { headers })).toEqual({
      ...FAILED,
      status: 401,
      detail: "Unauthorized",
      headers: [["www-authenticate", "Bearer"]],
    });
    expect(await refuse(403, { message: "You are banned" })).toEqual({
      ...FAILED,
      status: 403,
      detail: "You are banned",
    });
    expect(await refuse(200)).toEqual(FAILED);
  });

  test.each<[string, () => unknown]>([
    ["throws", () => Promise.reject(Object.assign(new Error("a secret of the caller"), { status: 404 }))],
    ["returns nobody", () => ({ identity: "" })],
    ["returns nothing", () => undefined],
  ])("%s: 500, and the log has no text of it", async (_, authenticate) => {
    expect(await as(authenticate)).toEqual(FAILED);
    expect(logged).toMatchObject([["auth fails", { source: "./auth.ts:auth" }]]);
    expect(JSON.stringify(logged)).not.toContain("secret");
  });
});

describe("authorize", () => {
  const auth = authOf(
    new SdkAuth()
      .authenticate(() => "ann")
      .on("*", () => false)
      .on("threads", ({ action }) => ({ handler: `threads ${action}` }))
      .on("threads:create", ({ value, user, permissions }) => {
        value.metadata = { ...value.metadata, owner: user.identity };
        return { owner: user.identity, team: { $contains: permissions }, falsy: { $eq: 0 } } as unknown as boolean;
      })
      .on("threads:read", () => {
        throw new HTTPException(404, { message: "There is no such thread" });
      })
      .on("threads:search", () => "everything" as unknown as boolean)
      .on("threads:delete", () => true)
      .on("store", ({ value, user }) => {
        value.namespace = [user.identity, ...(value.namespace ?? [])];
      }),
  );
  const may = (resource: string, action: string, value: JsonObject = {}) =>
    auth.authorize({ resource, action, value, user: ANN });

  test("the handler of resource and action comes first: its filter, and the value as it has left it", async () => {
    const value = { thread_id: "t", metadata: { a: 1 } };

    expect(await may("threads", "create", value)).toEqual({
      kind: "allowed",
      filter: { owner: "ann", team: { $contains: ["read"] }, falsy: { $eq: 0 } },
      value: { thread_id: "t", metadata: { a: 1, owner: "ann" } },
    });
    expect(value.metadata).toEqual({ a: 1 });
  });

  test("then that of the resource, then the one for everything; without any all is allowed", async () => {
    expect(await may("threads", "update")).toMatchObject({ kind: "allowed", filter: { handler: "threads update" } });
    expect(await may("crons", "create")).toEqual({ ...FAILED, status: 403, detail: "Forbidden" });
    const open = authOf(new SdkAuth().authenticate(() => "ann"));
    const request = { resource: "threads", action: "read", value: { a: 1 }, user: ANN };
    expect(await open.authorize(request)).toEqual({ kind: "allowed", filter: null, value: { a: 1 } });
  });

  test("a boolean allows or refuses, an exception says how, a namespace may be rewritten", async () => {
    expect(await may("threads", "delete")).toEqual({ kind: "allowed", filter: null, value: {} });
    expect(await may("threads", "read")).toEqual({ ...FAILED, status: 404, detail: "There is no such thread" });
    expect(await may("store", "put", { namespace: ["notes"] })).toMatchObject({
      value: { namespace: ["ann", "notes"] },
    });
  });

  test("any other answer is a defect, and refuses", async () => {
    expect(await may("threads", "search")).toEqual(FAILED);
    expect(logged).toMatchObject([["auth fails", { error: "TypeError" }]]);
  });
});

test.each([
  [new TypeError("no such module"), "TypeError: no such module"],
  [{ authenticate: () => "ann" }, "Error: it is no Auth of @langchain/langgraph-sdk"],
  [new SdkAuth(), "Error: it has no handler for authenticate"],
])("%s does not load: nobody is let in, and the log says why", async (exported, why) => {
  const auth = authOf(exported);

  expect(await auth.authenticate(asked())).toEqual(FAILED);
  expect(await auth.authorize({ resource: "threads", action: "read", value: {}, user: ANN })).toEqual(FAILED);
  const line = ["auth does not load: nobody is let in", why];
  expect(logged.map(([text, { error }]) => [text, error])).toEqual([line, line]);
});
