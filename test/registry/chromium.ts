/** Chromium without a window, by its DevTools protocol. Ends with whoever started it. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PATIENCE } from "../support/patience.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** Chromium slows the timers of tabs in the background; these tabs are all used at once. */
const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
  "--remote-debugging-port=0",
];

/** Its tabs share what their origins store, and six connections to each host: a third tab of a page with two streams waits. */
export interface Profile {
  openTab(url: string): Promise<Tab>;
}

export interface Browser extends Profile {
  newProfile(): Promise<Profile>;
  close(): Promise<void>;
}

export interface Tab {
  open(url: string): Promise<void>;
  /** Of an expression in the page, as JSON. */
  value(expression: string): Promise<unknown>;
  /** Resolves once the expression is true there. */
  until(expression: string): Promise<void>;
  /** The first button of this name, once it is there and can be pressed. */
  click(button: string): Promise<void>;
  /** A method of the DevTools protocol, for what a person does to the browser: its size, its network, its keys. */
  command(method: string, params?: object): Promise<unknown>;
  close(): Promise<void>;
}

/** Takes certificates that no authority has signed. */
export const UNSIGNED = "--ignore-certificate-errors";

/** Undefined where there is none on PATH. */
export const findChromium = (): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(existsSync);

export async function openBrowser(program: string, ...flags: string[]): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "threadline-chromium-"));
  const child = spawn(program, [...FLAGS, ...flags, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: "ignore",
    // It leaves files of its own there.
    env: { ...process.env, TMPDIR: profile },
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const [port, address] = await soon(async () => {
    const [first = "", path = ""] = readFileSync(join(profile, "DevToolsActivePort"), "utf8").split("\n");
    return (await fetch(`http://127.0.0.1:${first}/json/version`)).ok ? [first, path] : undefined;
  });
  const send = await connect(`ws://127.0.0.1:${port}${address}`);
  const openTabs = (context: object) => ({
    async openTab(url: string) {
      const { targetId } = (await send("Target.createTarget", { url: "about:blank", ...context })) as Record<
        string,
        string
      >;
      // By HTTP: a tab that closes may not answer any more.
      const close = async (): Promise<void> => void (await fetch(`http://127.0.0.1:${port}/json/close/${targetId}`));
      const tab = tabOf(await connect(`ws://127.0.0.1:${port}/devtools/page/${targetId}`), close);
      await tab.open(url);
      return tab;
    },
  });
  return {
    ...openTabs({}),
    async newProfile() {
      const { browserContextId } = (await send("Target.createBrowserContext", {})) as Record<string, string>;
      return openTabs({ browserContextId });
    },
    async close() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      kill();
      process.off("exit", kill);
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function tabOf(send: Send, close: () => Promise<void>): Tab {
  const value = async (expression: string): Promise<unknown> => {
    const { result } = (await send("Runtime.evaluate", { expression, returnByValue: true })) as {
      result?: { value?: unknown };
    };
    return result?.value;
  };
  const until = async (expression: string): Promise<void> => {
    const isSo = async (): Promise<true | undefined> => ((await value(expression)) === true ? true : undefined);
    await soon(isSo).catch(async () => {
      throw new Error(
        `Never true: ${expression}. The page says: ${String(await value("document.body.innerText.slice(0, 300)"))}`,
      );
    });
  };
  return {
    value,
    until,
    open: async (url) => void (await send("Page.navigate", { url })),
    async click(button) {
      const named = `one.textContent === ${JSON.stringify(button)} && !one.disabled`;
      const found = `[...document.querySelectorAll("button")].find((one) => ${named})`;
      await until(`!!${found}`);
      await value(`${found}.click()`);
    },
    command: (method, params = {}) => send(method, params),
    close,
  };
}

/** @returns the first value that is there; what throws is not there yet */
async function soon<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const began = performance.now(); performance.now() - began < PATIENCE; await pause(50)) {
    const found = await Promise.resolve()
      .then(look)
      .catch(() => undefined);
    if (found !== undefined) return found;
  }
  throw new Error("Chromium does not answer.");
}

type Send = (method: string, params: object) => Promise<unknown>;

async function connect(address: string): Promise<Send> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  let last = 0;
  return (method, params) => {
    const id = ++last;
    socket.send(JSON.stringify({ id, method, params }));
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    const late = pause(PATIENCE, undefined, { ref: false }).then(() => {
      throw new Error(`Chromium does not answer ${method}.`);
    });
    return Promise.race([answer, late]);
  };
}
