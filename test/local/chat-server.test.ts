/** The server of examples/chat: it has the key, and no browser gets it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("../../examples/chat/serve.mjs", import.meta.url));
const KEY = "the-key-that-no-browser-has";
const THREAD = "/threads/00000000-0000-4000-8000-000000000000";

let folder: string;
let upstream: Server;
let served: ChildProcess;
let url: string;
/** What came to the server of the API, newest last. */
const asked: IncomingMessage[] = [];
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threadline-chat-"));
  mkdirSync(join(folder, "dist"));
  cpSync(SERVER, join(folder, "serve.mjs"));
  writeFileSync(join(folder, "dist/index.html"), "<!doctype html>");
  upstream = createServer((incoming, response) => {
    asked.push(incoming);
    answer(response);
  }).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const { port } = upstream.address() as AddressInfo;
  served = spawn(process.execPath, ["serve.mjs"], {
    cwd: folder,
    env: { ...process.env, PORT: "0", THREADLINE_URL: `http://127.0.0.1:${port}`, THREADLINE_KEY: KEY },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (!served.stdout) throw new Error("it prints nothing");
  [url] = (await once(createInterface({ input: served.stdout }), "line")) as [string];
  url = url.replace("localhost", "127.0.0.1");
});
afterAll(async () => {
  served.kill();
  upstream.closeAllConnections();
  upstream.close();
  await once(served, "exit");
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  asked.length = 0;
  answer = (response) => {
    response.writeHead(200, {
      "content-type": "application/json",
      "content-location": `${THREAD}/runs/1`,
      "x-inner": KEY,
    });
    response.end("{}");
  };
});

test("sends its key to the server, in place of one that a browser sends, and nothing of it back", async () => {
  const response = await fetch(`${url}${THREAD}/state?subgraphs=true`, { headers: { "x-api-key": "of the browser" } });

  expect(asked.map((one) => [one.url, one.headers["x-api-key"]])).toEqual([[`${THREAD}/state?subgraphs=true`, KEY]]);
  expect(JSON.stringify([...response.headers])).not.toContain(KEY);
  expect(response.headers.get("content-location")).toBe(`${THREAD}/runs/1`);
  expect(await response.text()).toBe("{}");
});

test("no file that it serves has the key", async () => {
  const files = await Promise.all(
    ["/", "/index.html", "/serve.mjs", "/..%2fserve.mjs"].map((path) => fetch(url + path)),
  );

  expect(files.map(({ status }) => status)).toEqual([200, 200, 404, 404]);
  for (const file of files) expect(JSON.stringify([...file.headers]) + (await file.text())).not.toContain(KEY);
});

test.each([
  ["the search for threads", "/threads/search"],
  ["what is no thread", "/assistants/search"],
  ["the store", "/store/items"],
  ["a search by way of a thread", `${THREAD}/../search`],
  ["the same, encoded", `${THREAD}/%2e%2e/search`],
])("does not pass on %s", async (_, path) => {
  // `fetch` would take the dots out itself.
  const sent = request(url, { path, method: "POST" });
  sent.end("{}");
  const [{ statusCode }] = (await once(sent, "response")) as [IncomingMessage];

  expect(statusCode).toBe(404);
  expect(asked).toEqual([]);
});

test("passes on what streams as it comes, and breaks off where the server does", async () => {
  let cut = (): void => undefined;
  answer = (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: 1\n\n");
    cut = () => response.destroy();
  };
  const { body } = await fetch(`${url}${THREAD}/stream`);
  const reader = body?.getReader();

  const first = await reader?.read();
  cut();

  expect(new TextDecoder().decode(first?.value)).toBe("data: 1\n\n");
  await expect(reader?.read()).rejects.toThrow("terminated");
});
