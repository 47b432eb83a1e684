/** What a browser is told before and after it asks: by default, and by each field of `http.cors`. */
import { createApp } from "../../functions/http/server/app.ts";
import { corsPolicy, preflight, withCors } from "../../functions/http/server/cors.ts";
import type { CorsConfig } from "../../functions/protocol/manifest.ts";
import { corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { threeSteps } from "./app-under-test.ts";

const APP = "https://app.example.com";
const OTHER = "https://other.example.com";

const asked = (origin: string, headers: Record<string, string> = {}) =>
  new Request("http://localhost/threads", {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST", ...headers },
  });
const told = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].map(([name, value]) => [name.replace("access-control-", ""), value]));
const toldOf = (config: CorsConfig | undefined, origin: string, named?: string[], headers?: Record<string, string>) =>
  told(preflight(corsPolicy(config, named), asked(origin, headers)));
const answered = (config: CorsConfig | undefined, origin: string) =>
  told(withCors(corsPolicy(config), asked(origin), new Response(null)));

describe("E2: headers", () => {
  const traced = "x-tenant-id,traceparent,sentry-trace,baggage,x-requested-with,authorization,x-api-key";

  test("are allowed as asked for", () => {
    expect(toldOf(undefined, APP, undefined, { "access-control-request-headers": traced })).toEqual({
      "allow-origin": "*",
      "allow-headers": traced,
      "allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
      "max-age": "600",
      vary: "access-control-request-headers",
    });
  });

  test("are not named when none is asked for", () => {
    expect(toldOf(undefined, APP)).not.toHaveProperty("allow-headers");
  });

  test.each([
    [["x-one", "X-Two"], "x-one, X-Two"],
    [["*"], traced],
    [["x-one", "*"], traced],
    [[], undefined],
  ])("are those of allow_headers: %j", (allow_headers, expected) => {
    const config = { allow_origins: [APP], allow_headers };

    expect(toldOf(config, APP, undefined, { "access-control-request-headers": traced })["allow-headers"]).toBe(
      expected,
    );
  });
});

describe("E3: http.cors", () => {
  test.each<[string, CorsConfig | undefined, string, string | undefined]>([
    ["nothing said", undefined, APP, "*"],
    ["no origins", {}, APP, undefined],
    ["an origin", { allow_origins: [APP] }, APP, APP],
    ["another origin", { allow_origins: [APP] }, OTHER, undefined],
    ["another port", { allow_origins: [APP] }, `${APP}:8443`, undefined],
    ["another scheme", { allow_origins: [APP] }, "http://app.example.com", undefined],
    ["no origin", { allow_origins: [APP] }, "null", undefined],
    ["all", { allow_origins: ["*"] }, OTHER, "*"],
    ["one and all", { allow_origins: [APP, "*"] }, OTHER, "*"],
    ["a pattern", { allow_origin_regex: "https://.*\\.example\\.com" }, OTHER, OTHER],
    ["a pattern, only in part", { allow_origin_regex: "https://.*\\.example\\.com" }, `${OTHER}.evil.net`, undefined],
    ["a pattern with a choice", { allow_origin_regex: "https://a|https://b" }, "https://b", "https://b"],
    ["a pattern beside a list", { allow_origins: [APP], allow_origin_regex: "https://x" }, APP, APP],
  ])("origins: %s", (_, config, origin, expected) => {
    const before = preflight(corsPolicy(config), asked(origin));

    expect(told(before)["allow-origin"]).toBe(expected);
    expect(before.status).toBe(expected === undefined ? 403 : 204);
    expect(answered(config, origin)["allow-origin"]).toBe(expected);
    expect(answered(config, origin)["vary"], "a cache must not give one origin's answer to another").toBe(
      expected === "*" ? undefined : "origin",
    );
  });

  test("methods", () => {
    expect(toldOf({ allow_origins: [APP], allow_methods: ["get", "POST"] }, APP)["allow-methods"]).toBe("GET, POST");
    expect(toldOf({ allow_origins: [APP], allow_methods: ["*"] }, APP)["allow-methods"]).toContain("DELETE");
  });

  test("credentials: for origins that are named, never for all", () => {
    const named = { allow_origins: [APP], allow_credentials: true };

    expect([toldOf(named, APP), answered(named, APP)].map((one) => one["allow-credentials"])).toEqual(["true", "true"]);
    expect(toldOf(named, OTHER)).not.toHaveProperty("allow-credentials");
    expect(answered({ allow_origins: ["*"], allow_credentials: true }, APP)).not.toHaveProperty("allow-credentials");
  });

  test("exposed headers come beside those that the SDKs reconnect by", () => {
    const config = { allow_origins: [APP], expose_headers: ["X-Request-Id", "Location"] };

    expect(answered(config, APP)["expose-headers"]).toBe(
      "location, content-location, x-pagination-total, x-pagination-next, last-event-id, mcp-session-id, x-request-id",
    );
  });

  test("max age", () => {
    expect(toldOf({ allow_origins: [APP], max_age: 5 }, APP)["max-age"]).toBe("5");
  });

  test.each<[string[], string, string | undefined]>([
    [["https://b.example.com"], APP, undefined],
    [["https://b.example.com"], "https://b.example.com", "https://b.example.com"],
    [["project", "https://b.example.com"], APP, APP],
    [["loopback", "project"], "http://localhost:3000", "http://localhost:3000"],
    [["loopback"], "http://127.0.0.1:5173", "http://127.0.0.1:5173"],
    [["loopback"], "https://app.localhost", "https://app.localhost"],
    [["loopback"], "http://[::1]:3000", "http://[::1]:3000"],
    [["loopback"], "http://localhost.evil.net", undefined],
    [["loopback"], "http://127.0.0.1.evil.net", undefined],
    [["loopback"], "http://192.168.1.2", undefined],
    [["loopback"], "null", undefined],
    [["loopback"], APP, undefined],
    [["*"], OTHER, "*"],
  ])("E9: what the deployment says of origins goes over it: %j, asked from %s", (named, origin, expected) => {
    expect(toldOf({ allow_origins: [APP] }, origin, named)["allow-origin"]).toBe(expected);
  });

  test("loopback alone, where the project says nothing", () => {
    expect(toldOf(undefined, APP, ["loopback", "project"])).not.toHaveProperty("allow-origin");
  });
});

describe("E9: a private network", () => {
  const question = { "access-control-request-private-network": "true" };

  test("may be asked from allowed origins alone", () => {
    const config = { allow_origins: [APP] };

    expect(toldOf(config, APP, undefined, question)["allow-private-network"]).toBe("true");
    expect(toldOf(config, OTHER, undefined, question)).not.toHaveProperty("allow-private-network");
    expect(toldOf(config, APP)).not.toHaveProperty("allow-private-network");
  });
});

describe("the app", () => {
  let table: TestTable;
  beforeAll(async () => void (table = await startTable()));
  afterAll(() => table.stop());

  test("answers preflights before it asks for a key, and follows a project that is replaced", async () => {
    let http = { cors: { allow_origins: [APP] } };
    const ports = corePorts(table, threeSteps);
    const app = createApp({
      ports: { ...ports, engine: { ...ports.engine, http: () => http } },
      settings: { auth: { kind: "key", sha256: ["0".repeat(64)] }, cors: { origins: undefined }, version: "1" },
    });

    const first = await app.fetch(asked(OTHER));
    http = { cors: { allow_origins: [OTHER] } };
    const second = await app.fetch(asked(OTHER));
    const refused = await app.fetch(new Request("http://localhost/threads/x", { headers: { origin: OTHER } }));

    expect([first.status, second.status, refused.status]).toEqual([403, 204, 401]);
    expect(told(refused)["allow-origin"]).toBe(OTHER);
  });
});
