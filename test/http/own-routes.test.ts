/** The project's own routes around ours: who is looked at before what. The app is scripted; test/flow/own-routes.test.ts has real ones. */
import type { Beside } from "../../functions/core/app/app-port.ts";
import { withOwnRoutes } from "../../functions/http/server/own-routes.ts";
import { HttpError } from "../../functions/http/server/http-error.ts";
import { errorResponse } from "../../functions/http/server/respond.ts";
import type { HttpConfig } from "../../functions/protocol/manifest.ts";

type Respond = (request: Request, beside: Beside) => Promise<Response>;

/** Everything but /open wants the header x-key. */
function around(respond: Respond, config: HttpConfig = {}) {
  const looked: string[] = [];
  const answer = withOwnRoutes({
    engine: { http: () => config, app: () => ({ prepare: () => Promise.resolve(), respond }) },
    async admit(request, context) {
      const { pathname } = new URL(request.url);
      looked.push(pathname);
      if (pathname !== "/open" && !request.headers.has("x-key")) throw new HttpError(401, "no key");
      return {
        context,
        answer: async (asked) => new Response(`ours ${new URL(asked.url).pathname} ${await asked.text()}`),
      };
    },
    isOurs: (path) => path.startsWith("/threads"),
    failed: (error) =>
      error instanceof HttpError ? errorResponse(error.status, error.message) : errorResponse(500, "?"),
  });
  const ask = async (path: string, init: RequestInit = {}): Promise<[number, string]> => {
    const response = await answer(new Request(`http://localhost${path}`, init), {});
    return [response.status, await response.text()];
  };
  return { ask, looked };
}

const own: Respond = async (request, { otherwise }) =>
  new URL(request.url).pathname === "/own" ? new Response("own") : otherwise(request);
const NO_KEY = [401, '{"detail":"no key"}'];
const KEY = { headers: { "x-key": "1" } };

test("own routes are open, and ours are not", async () => {
  const { ask } = around(own);

  expect(await ask("/own")).toEqual([200, "own"]);
  expect(await ask("/threads")).toEqual(NO_KEY);
  expect(await ask("/threads", KEY)).toEqual([200, "ours /threads "]);
});

test("with enable_custom_route_auth the app sees nobody who may not pass, and a request is looked at once", async () => {
  const { ask, looked } = around(own, { enable_custom_route_auth: true });

  expect(await ask("/own")).toEqual(NO_KEY);
  expect(await ask("/own", KEY)).toEqual([200, "own"]);
  expect(await ask("/threads", KEY)).toEqual([200, "ours /threads "]);
  expect(looked).toEqual(["/own", "/own", "/threads"]);
});

test("with auth_first that is so for paths of the API, however they are written", async () => {
  const seen: string[] = [];
  const noting: Respond = (request, beside) => {
    seen.push(new URL(request.url).pathname);
    return own(request, beside);
  };
  const { ask } = around(noting, { middleware_order: "auth_first" });

  expect(await ask("/own")).toEqual([200, "own"]);
  expect(await ask("/threads")).toEqual(NO_KEY);
  expect(await ask("/%74hreads")).toEqual(NO_KEY);
  expect(seen).toEqual(["/own"]);
});

test.each<HttpConfig>([{}, { enable_custom_route_auth: true }])(
  "middleware that changes the path of an open request opens nothing else: %o",
  async (config) => {
    const { ask } = around((_, { otherwise }) => otherwise(new Request("http://localhost/threads")), config);

    expect(await ask("/open")).toEqual(NO_KEY);
  },
);

test("a body that the app has read is there for us, too", async () => {
  const reading: Respond = async (request, { otherwise }) => {
    await request.text();
    return otherwise(request);
  };

  expect(await around(reading).ask("/threads", { ...KEY, method: "POST", body: "all of it" })).toEqual([
    200,
    "ours /threads all of it",
  ]);
});

test("an app that fails is told as any failure", async () => {
  expect(await around(() => Promise.reject(new Error("x"))).ask("/threads", KEY)).toEqual([500, '{"detail":"?"}']);
});
