/**
 * `npm run bench:first-token`: ms from a person's `Send` to the frame in which the first token stands, in a page of `@langchain/react` in
 * Chromium, beside LangGraph's dev server for JavaScript with the same graph. Both get the same turn, one after the other. It installs the
 * page and the dev server from npm.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "../command-line/percentiles.ts";
import { freePort } from "../local/free-port.ts";
import { findChromium, openBrowser, type Profile } from "../test/registry/chromium.ts";
import { openSite } from "../test/registry/site.ts";
import { startCommand, startProcess } from "./start-process.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const GRAPHS = here("../test/fixtures");
const CONFIG = join(GRAPHS, "clients/langgraph.json");
const CLIENTS = here("../test/registry/clients");
const PAGE = "thread-langchain-react";
const DEV_SERVER = { "@langchain/langgraph-cli": "1.5.1" };
const PACKAGES = [
  "@langchain/core",
  "@langchain/langgraph",
  "@langchain/langgraph-sdk",
  "@langchain/react",
  "react",
  "react-dom",
];
/** Chats on each server, of two messages each; those that warm it up are not counted. */
const CHATS = 15;
const WARM_UP = 3;

/** Clicks `Send` and notes when the frame after the first token begins: then it was painted. A page draws 60 frames a second. */
const send = (text: string): string => `{
  globalThis.took = undefined;
  const said = () => JSON.parse(document.querySelector("pre").textContent).said.filter(Boolean);
  const before = said().length;
  document.querySelector("input").value = ${JSON.stringify(text)};
  const began = performance.now();
  const look = () => requestAnimationFrame(() => {
    if (said().length < before + 2) return look();
    requestAnimationFrame(() => (globalThis.took = performance.now() - began));
  });
  [...document.querySelectorAll("button")].find((one) => one.textContent === "Send").click();
  look();
}`;
const IS_IDLE = `JSON.parse(document.querySelector("pre")?.textContent ?? '{"isBusy":true}').isBusy === false`;

await using left = new AsyncDisposableStack();
const chromium = findChromium();
if (chromium === undefined) throw new Error("There is no Chromium on PATH.");
const folder = mkdtempSync(join(tmpdir(), "threadline-bench-"));
left.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
await install();
const ours = await startProcess(["npm", "start", "--"], CONFIG);
left.defer(() => ours.stop());
const dev = await startDev();
left.defer(() => dev.stop());
const site = await openSite(folder, PAGE);
left.defer(() => site.close());
const browser = await openBrowser(chromium);
left.defer(() => browser.close());

const times = { "dev server": turns(), Threadline: turns() };
for (let n = 0; n < WARM_UP + CHATS; n++)
  for (const [name, url] of [
    ["dev server", dev.url],
    ["Threadline", ours.url],
  ] as const) {
    const [first, second] = await chat(await browser.newProfile(), url);
    if (n < WARM_UP) continue;
    times[name].first.push(first);
    times[name].second.push(second);
  }
for (const turn of ["first", "second"] as const) {
  const [theirs, own] = [times["dev server"][turn], times.Threadline[turn]];
  const difference = median(theirs.map((time, n) => time - (own[n] ?? 0)));
  const figures = [median(theirs), median(own), difference].map((ms) => `${ms.toFixed(0)} ms`);
  console.log(
    `${turn} message: dev server ${figures[0]}, Threadline ${figures[1]}, median difference of a pair ${figures[2]}`,
  );
}

function turns(): { first: number[]; second: number[] } {
  return { first: [], second: [] };
}

/** A new chat: its first message, and a second one when the first is answered. */
async function chat(profile: Profile, api: string): Promise<[first: number, second: number]> {
  const tab = await profile.openTab(`${site.url}?${new URLSearchParams({ api, assistant: "talk" }).toString()}`);
  const ask = async (text: string): Promise<number> => {
    await tab.until(IS_IDLE);
    await tab.value(send(text));
    await tab.until("typeof globalThis.took === 'number'");
    return Number(await tab.value("globalThis.took"));
  };
  try {
    return [await ask("hello"), await ask("again")];
  } finally {
    await tab.close();
  }
}

async function install(): Promise<void> {
  const { dependencies } = JSON.parse(readFileSync(join(CLIENTS, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const wanted = Object.entries(dependencies).filter(([name]) => PACKAGES.includes(name));
  const manifest = { private: true, type: "module", dependencies: { ...Object.fromEntries(wanted), ...DEV_SERVER } };
  cpSync(join(CLIENTS, "pages"), join(folder, "pages"), { recursive: true });
  // The dev server writes beside its config.
  for (const graphs of ["clients", "golden"]) cpSync(join(GRAPHS, graphs), join(folder, graphs), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  await promisify(execFile)("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
}

async function startDev(): ReturnType<typeof startCommand> {
  const port = await freePort();
  const options = [
    "dev",
    "--no-browser",
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    "--config",
    join(folder, "clients/langgraph.json"),
  ];
  return startCommand([join(folder, "node_modules/.bin/langgraphjs"), ...options], {
    port,
    cwd: folder,
    env: { ...process.env, LOG_LEVEL: "ERROR", LANGSMITH_TRACING: "false" },
  });
}
