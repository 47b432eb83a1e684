/**
 * Components for generative UI: asked for as `LoadExternalComponent` of LangGraph's SDK does, by the SDK's own client, and run with what it
 * puts into a page.
 */
import { Script, createContext } from "node:vm";
import { Client } from "@langchain/langgraph-sdk";
import { startServer, type TestServer } from "../support/server.ts";

let server: TestServer;
let api: string;
beforeAll(async () => {
  server = await startServer({ config: "test/fixtures/ui/langgraph.json" });
  api = `${server.url}/below`;
});
afterAll(() => server.stop());

interface Element {
  tag: string;
  attributes: Record<string, string>;
}

/** The elements of the markup, with what a browser makes of their attributes. */
const elementsOf = (html: string): Element[] =>
  [...html.matchAll(/<(\w+)([^>]*)>/g)].map(([, tag = "", attributes = ""]) => ({
    tag,
    attributes: Object.fromEntries(
      [...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, unescaped(value)]),
    ),
  }));
const unescaped = (text: string): string =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

/** As `LoadExternalComponent` does. */
async function componentOf(namespace: string, name: string) {
  const html = await new Client({ apiUrl: api })["~ui"].getComponent(namespace, name);
  const elements = elementsOf(html.replace("{{shadowRootId}}", "child-shadow-1"));
  const one = (tag: string) => elements.find((element) => element.tag === tag)?.attributes ?? {};
  return { link: one("link"), script: one("script") };
}

/** A page with the shadow root, and with what `bootstrapUiContext` puts there. */
function page(asked: string[]) {
  const responses: unknown[][] = [];
  const shadowRoot = { appendChild: (child: unknown) => child };
  const modules: Record<string, unknown> = {
    react: { useState: (value: unknown) => [value] },
    "react/jsx-runtime": { jsx: (...made: unknown[]) => made, jsxs: (...made: unknown[]) => made },
    "@langchain/langgraph-sdk/react-ui": { useStreamContext: () => ({ meta: "meta" }) },
  };
  const window = {
    [Symbol.for("LGUI_REQUIRE")]: (name: string) => {
      asked.push(name);
      return modules[name];
    },
    [Symbol.for("LGUI_EXT_STORE")]: { respond: (...response: unknown[]) => void responses.push(response) },
  };
  const document = {
    getElementById: (id: string) => (id === "child-shadow-1" ? { shadowRoot } : null),
    createElement: (tag: string) => ({ tag }),
  };
  return { context: createContext({ window, document }), responses };
}

test.each(["agent", "a b's"])(
  "a component of %s arrives in the page, with the page's React and its styles",
  async (namespace) => {
    const { link, script } = await componentOf(namespace, "weather");
    const styles = await fetch(link["href"] ?? "");
    const code = await fetch(script["src"] ?? "");
    const asked: string[] = [];
    const { context, responses } = page(asked);

    new Script(await code.text()).runInContext(context);
    new Script(script["onload"] ?? "").runInContext(context);

    const [[shadowRootId, component, target] = []] = responses;
    expect([shadowRootId, target]).toEqual(["child-shadow-1", { tag: "div" }]);
    expect((component as (props: object) => unknown)({ city: "Rome" })).toEqual([
      "p",
      { className: "weather", children: ["Rome", " in ", "C", " ", "meta"] },
    ]);
    expect(asked.toSorted()).toEqual(["@langchain/langgraph-sdk/react-ui", "react", "react/jsx-runtime"]);
    expect(await styles.text()).toMatch(/p\{margin:7px\}.*\.weather\{color:#010203\}/);
    expect([styles, code].map(({ headers }) => headers.get("content-type"))).toEqual([
      "text/css; charset=utf-8",
      "text/javascript; charset=utf-8",
    ]);
    expect(code.headers.get("cache-control")).toContain("immutable");
  },
);

test("a name that a client sends stays a text in the markup", async () => {
  const name = `"><script>alert('x')</script>&quot;`;

  const { script } = await componentOf("agent", name);
  const html = await new Client({ apiUrl: api })["~ui"].getComponent("agent", name);

  expect(html.match(/<script/g)).toHaveLength(1);
  expect(script["onload"]).toContain(JSON.stringify(name));
});

test("what is not there is said, and takes nothing else along", async () => {
  const statusOf = async (namespace: string): Promise<[number, string]> => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${api}/ui/${namespace}`, { method: "POST", headers, body: '{"name":"weather"}' });
    return [response.status, await response.text()];
  };

  expect(await statusOf("absent")).toEqual([422, expect.stringContaining("absent.tsx: There is no such file.")]);
  expect(await statusOf("winds")).toEqual([422, expect.stringContaining("Tailwind is not run here")]);
  expect(await statusOf("nobody")).toEqual([404, expect.stringContaining("no components")]);
  expect((await fetch(`${api}/ui/agent/other.js`)).status).toBe(404);
  expect(server.output()).toContain('The components of "absent" (./absent.tsx) are not served');
});
