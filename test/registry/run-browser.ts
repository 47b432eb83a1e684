/**
 * N9: the component of README.md, checked by TypeScript and used in Chromium by somebody who approves, reloads in the middle, and stops.
 * Needs the package index for React, so it is no part of `npm test`.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { check, failed } from "../deploy/report.ts";
import { codeAfter } from "../support/readme-code.ts";
import { startServer } from "../support/server.ts";
import { findChromium, openPage, type Page } from "./chromium.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const execute = promisify(execFile);
/** What a page adds to the component of README.md. */
const MAIN = `
import { createRoot } from "react-dom/client";
import { Chat } from "./chat.tsx";

const root = document.getElementById("root");
if (root) createRoot(root).render(<Chat />);
`;
const WORDS = Array.from({ length: 40 }, (_, n) => `w${n + 1}`).join(" ");
const QUESTION = "What is the weather in Paris?";
const said = "[...document.querySelectorAll('p')].map((one) => one.textContent.trim())";

const program = findChromium();
if (program === undefined) console.log("Skipped: there is no Chromium or Chrome on PATH.");
else await main(program);
process.exit(failed() ? 1 : 0);

async function main(chromium: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "threadline-browser-"));
  cpSync(here("browser"), folder, { recursive: true });
  const server = await startServer({ config: here("../fixtures/chat/langgraph.json") });
  writeFileSync(join(folder, "chat.tsx"), codeAfter("save as `chat.tsx`").replace("http://localhost:2024", server.url));
  writeFileSync(join(folder, "main.tsx"), MAIN);
  const site = createServer((request, response) => {
    const isScript = request.url === "/main.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    const html = '<div id="root"></div><script type="module" src="/main.js"></script>';
    response.end(isScript ? readFileSync(join(folder, "main.js")) : html);
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  const address = `http://localhost:${(site.address() as AddressInfo).port}/`;
  let page: Page | undefined;
  try {
    await check("the component's packages are installed", () =>
      execute("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: folder }),
    );
    await check("the component type-checks", () => checkTypes(folder));
    await check("it is bundled for a browser", () => bundle(folder));
    if (failed()) return;
    page = await openPage(chromium);
    await page.open(address);
    await usePage(page, address, server.url);
    await useReference(page, server.url);
  } finally {
    await page?.close();
    site.closeAllConnections();
    site.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function usePage(page: Page, address: string, api: string): Promise<void> {
  const words = (n: number): string => `${said}.at(-1)?.includes("w${n}") === true`;
  await check("a question is asked, and waits for a person", async () => {
    await page.click("Ask");
    await page.until(`document.body.textContent.includes("Approve")`);
    assert.deepEqual(await page.value(said), [QUESTION]);
  });
  await check("approved, its words come one by one", async () => {
    await page.click("Approve");
    await page.until(words(3));
    assert.equal(String(await page.value(`${said}.at(-1)`)).includes("w40"), false);
  });
  await check("after a reload in the middle the run goes on in the page, without a gap", async () => {
    await page.open(address);
    await page.until(words(8));
    assert.ok(WORDS.startsWith(String(await page.value(`${said}.at(-1)`))));
    await page.until(words(40));
    assert.deepEqual(await page.value(said), [QUESTION, WORDS]);
  });
  await check("stopped, the run ends on the server", async () => {
    await page.click("Ask");
    await page.click("Approve");
    await page.until(words(2));
    await page.click("Stop");
    const thread = String(await page.value(`localStorage.getItem("thread")`));
    for (let status: unknown; status !== "interrupted";) {
      const runs = (await (await fetch(`${api}/threads/${thread}/runs`)).json()) as { status: string }[];
      status = runs[0]?.status;
      assert.notEqual(status, "success");
    }
    await page.until(`!document.body.textContent.includes("Stop")`);
  });
}

/** `/docs` of the server itself: its policy must allow what the page does, and nothing else is asked. */
async function useReference(page: Page, api: string): Promise<void> {
  const form = (path: string) => `document.querySelector('form[data-method="POST"][data-path="${path}"]')`;
  const send = (path: string) =>
    page.value(`${form(path)}.closest("details").open = true, ${form(path)}.requestSubmit()`);
  const shown = (path: string) => `${form(path)}.querySelector("output").textContent`;
  await check("in the reference a request is sent, and its answer shown", async () => {
    await page.open(`${api}/docs`);
    await page.until(`!!document.querySelector("form")`);
    await send("/threads");
    await page.until(`${shown("/threads")}.includes('"thread_id"')`);
  });
  await check("a run on that thread is streamed there, and no other origin is asked", async () => {
    const stream = "/threads/{thread_id}/runs/stream";
    await page.value(`${form(stream)}.closest("details").open = true`);
    await page.until(`${form(stream)}.querySelector("[name=thread_id]").value.length === 36`);
    await send(stream);
    await page.until(`${shown(stream)}.includes("event: values")`);
    const asked = `performance.getEntriesByType("resource").filter(({ name }) => !name.startsWith(location.origin)).length`;
    assert.equal(await page.value(asked), 0);
  });
}

async function checkTypes(folder: string): Promise<void> {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    jsx: "react-jsx",
    module: "preserve",
    target: "es2022",
    lib: ["es2022", "dom"],
    types: [],
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.tsx"] }));
  const tsc = here("../../node_modules/typescript/bin/tsc");
  await execute(process.execPath, [tsc, "-p", folder]).catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout);
  });
}

async function bundle(folder: string): Promise<void> {
  const define = { "process.env.NODE_ENV": '"production"' };
  const build = await rolldown({
    input: join(folder, "main.tsx"),
    platform: "browser",
    logLevel: "silent",
    transform: { define },
  });
  await build.write({ file: join(folder, "main.js"), codeSplitting: false });
  await build.close();
}
