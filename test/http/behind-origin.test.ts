/** A server that is reached by way of something in front of it alone: it adds a secret, without which every request is refused. */
import { createHash } from "node:crypto";
import { createStoredKeys } from "../../functions/host/stored-keys.ts";
import { STORED_KEYS_RENEW } from "../../functions/host/timings.ts";
import { behindOrigin } from "../../functions/http/server/behind-origin.ts";
import { detailOf } from "./app-under-test.ts";
import { silentLogger } from "./silent-logger.ts";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

function server(...secrets: string[]) {
  const state = { secrets, down: false, now: 1_000_000, seen: [] as Request[] };
  const stored = createStoredKeys(
    async () => {
      if (state.down) throw new Error("AccessDenied");
      return state.secrets.map((secret) => ({ sha256: hash(secret) }));
    },
    { clock: { now: () => state.now, monotonic: () => state.now }, logger: silentLogger() },
  );
  const app = behindOrigin(
    {
      fetch: async (request) => {
        state.seen.push(request);
        return new Response(await request.text());
      },
    },
    stored,
  );
  const ask = (headers: Record<string, string>, init: RequestInit = {}, path = "/threads") =>
    app.fetch(new Request(`https://abc.lambda-url.eu-west-1.on.aws${path}`, { ...init, headers }));
  return { state, ask };
}

test("what comes with the secret is answered, and nobody behind sees it", async () => {
  const { state, ask } = server("new", "old");
  const post = { method: "POST", body: '{"a":1}' };

  const answers = [
    await ask({ "x-origin-secret": "new", "x-api-key": "k" }, post),
    await ask({ "x-origin-secret": "old" }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(await answers[0]?.json()).toEqual({ a: 1 });
  const [seen] = state.seen;
  expect([seen?.method, seen?.headers.get("x-api-key"), seen?.headers.has("x-origin-secret")]).toEqual([
    "POST",
    "k",
    false,
  ]);
});

test.each<[string, Record<string, string>, string]>([
  ["without it", {}, "/threads"],
  ["with an empty one", { "x-origin-secret": "" }, "/threads"],
  ["with another", { "x-origin-secret": "guess" }, "/threads"],
  ["with its hash", { "x-origin-secret": hash("new") }, "/threads"],
  ["for what needs no key", { "x-api-key": "new" }, "/ok"],
  ["for the page", {}, "/watch"],
])("is refused %s, before anything else is looked at", async (_, headers, path) => {
  const { state, ask } = server("new");

  expect(await detailOf(await ask(headers, {}, path))).toEqual([403, expect.stringMatching(/another address/)]);
  expect(state.seen).toEqual([]);
});

test("a new secret opens at once, beside the one before", async () => {
  const { state, ask } = server("first");
  await ask({ "x-origin-secret": "first" });

  state.secrets = ["second", "first"];
  state.now += STORED_KEYS_RENEW;
  const rotated = [await ask({ "x-origin-secret": "second" }), await ask({ "x-origin-secret": "first" })];

  expect(rotated.map(({ status }) => status)).toEqual([200, 200]);
});

test("nobody passes while it cannot be read", async () => {
  const { state, ask } = server("new");
  state.down = true;

  const answers = [await ask({ "x-origin-secret": "new" }), await ask({})];

  expect(answers.map(({ status }) => status)).toEqual([503, 403]);
  expect(state.seen).toEqual([]);
});
