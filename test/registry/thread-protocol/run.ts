/** Each client of the thread-centric protocol in each scenario. Clients go side by side, and each goes from one scenario to the next. */
import { fileURLToPath } from "node:url";
import { Client as Sdk } from "@langchain/langgraph-sdk";
import { check } from "../../deploy/report.ts";
import { type Browser, openBrowser } from "../chromium.ts";
import { versionOf } from "../install.ts";
import { noCall, step } from "../results.ts";
import { checkTypes, openSite } from "../site.ts";
import { startDyingServer } from "./dying-server.ts";
import { pageSeats } from "./page-seat.ts";
import { pythonSeats } from "./python-seat.ts";
import { SCENARIOS, type Stage } from "./scenarios.ts";
import { sdkSeats } from "./sdk-seat.ts";
import type { SeatKind } from "./seat.ts";

interface Place {
  /** Of the graphs that the server serves. */
  config: string;
  /** With the installed clients. */
  folder: string;
  /** Address of the server. */
  api: string;
  /** Programs; undefined where this machine has none. */
  chromium: string | undefined;
  python: string | undefined;
}

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PAGES = [
  ["thread-langchain-react", "@langchain/react", "@langchain/react"],
  ["thread-assistant-ui", "assistant-ui (LangChain)", "@assistant-ui/react-langchain"],
] as const;
const ONE_ANSWER = "`run.respond` answers one question";
const SYNC_WAITS = "its projections wait for a `run.start` of their own";
/** By client: what it has no call for, and why. */
const WITHOUT: Record<string, Record<string, string>> = {
  "Python SDK": { "two questions, answered at once": ONE_ANSWER },
  "Python SDK, synchronous": {
    "two questions, answered at once": ONE_ANSWER,
    "two tabs": SYNC_WAITS,
    "reload in mid-run": SYNC_WAITS,
    "1,000 events replayed": SYNC_WAITS,
  },
};
/** It waits for a lease to run out, so it begins before the others and ends after them. */
const LONGEST = "the server and its worker killed in mid-run";

export async function useThreadProtocol({ config, folder, api, chromium, python }: Place): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const kinds: SeatKind[] = [
    sdkSeats({
      client: "JS SDK",
      package: "@langchain/langgraph-sdk",
      version: versionOf(ROOT, "@langchain/langgraph-sdk"),
    }),
  ];
  if (chromium !== undefined) kinds.push(...(await openPages(opened, chromium, folder)));
  if (python !== undefined)
    for (const way of ["async", "sync"] as const) kinds.push(opened.use(await pythonSeats(python, way)));
  const sdk = new Sdk({ apiUrl: api, apiKey: null });
  const dying = opened.use(await startDyingServer(config, kinds.length));
  const run = async (kind: SeatKind, name: string, use: (stage: Stage) => Promise<void>): Promise<void> => {
    const { client } = kind;
    const why = WITHOUT[client.client]?.[name];
    if (why !== undefined) return noCall(client, name, why, "thread");
    // The chat pages have steps of the same names, with gates of their own, on the same server.
    const gate = `thread ${client.client} ${name}`.replaceAll(/\W+/g, "-");
    const openGate = (open: string) => sdk.runs.wait(null, "open_gate", { input: { gate: open } });
    await step(client, name, () => use({ kind, api, sdk, gate, openGate, dying }), "thread");
  };
  await Promise.all(
    kinds.map(async (kind) => {
      const asked = Object.entries(SCENARIOS);
      const longest = Promise.all(
        asked.filter(([name]) => name === LONGEST).map(([name, use]) => run(kind, name, use)),
        // One that has failed is not waited for by the others.
      ).finally(() => void dying.dies(kind.client.client).catch(() => undefined));
      for (const [name, use] of asked) if (name !== LONGEST) await run(kind, name, use);
      await longest;
    }),
  );
}

async function openPages(opened: AsyncDisposableStack, chromium: string, folder: string): Promise<SeatKind[]> {
  await check("the pages of the thread-centric protocol type-check", () =>
    checkTypes(
      folder,
      PAGES.map(([page]) => page),
    ),
  );
  const browser: Browser = await openBrowser(chromium);
  opened.defer(() => browser.close());
  return Promise.all(
    PAGES.map(async ([page, client, name]) => {
      const site = await openSite(folder, page);
      opened.defer(() => site.close());
      return pageSeats({ client, package: name, version: versionOf(folder, name) }, site.url, () =>
        browser.newProfile(),
      );
    }),
  );
}
