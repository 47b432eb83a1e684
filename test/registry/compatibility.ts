/**
 * The tables of docs/compatibility.md. That of the routes is made of the route tables: `node test/registry/compatibility.ts` writes it.
 * Those of the clients are made of what they did: `npm run test:clients -- --write` writes them.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { OPERATIONS } from "../../functions/http/openapi/document.ts";
import { type Result, resultsOf, STEPS } from "./results.ts";
import { ROUTE_DIFFERENCES } from "./route-differences.ts";
import { SCENARIOS } from "./thread-protocol/scenarios.ts";

/** Rows of cells, the head first. */
export type Table = readonly (readonly string[])[];
type Section = "clients" | "steps" | "thread" | "without" | "routes";

const PAGE = fileURLToPath(new URL("../../docs/compatibility.md", import.meta.url));
const FORMATTER = fileURLToPath(new URL("../../node_modules/.bin/oxfmt", import.meta.url));

/** Every route of the official API and those beyond it: works or differs on purpose. */
export function routesTable(): Table {
  const served = Object.values(OPERATIONS).flatMap((operations) => Object.keys(operations));
  const rows = served.map((route) => {
    const differs = ROUTE_DIFFERENCES.filter(({ routes }) => routes.includes(route)).map(({ what }) => what);
    return [nameOf(route), differs.length > 0 ? "differs on purpose" : "works", differs.join("; ")];
  });
  return [["route", "", "what differs"], ...rows];
}

/** `GET /threads/:thread_id` as the reference writes it. */
const nameOf = (route: string): string => `\`${route.replaceAll(/:(\w+)/g, "{$1}")}\``;

const clientsOf = (results: readonly Result[]): string[] =>
  [...new Set(results.map(({ client }) => client))].toSorted();

/** Which packages the clients are. */
function clientsTable(results: readonly Result[]): Table {
  const rows = clientsOf(results).map((name) => {
    const one = results.find(({ client }) => client === name);
    return [name, `\`${one?.package ?? ""}\``, one?.version ?? ""];
  });
  return [["client", "package", "version"], ...rows];
}

/** Steps × clients. A step that one client alone has is empty for the others. */
function stepsTable(results: readonly Result[], steps: readonly string[]): Table {
  const clients = clientsOf(results);
  const own = [...new Set(results.map(({ step }) => step))].filter((step) => !steps.includes(step));
  const cell = (step: string, name: string): string => {
    const found = results.find((one) => one.client === name && one.step === step)?.result;
    return found === undefined ? "" : found === "ok" ? "yes" : found === "failed" ? "fails" : "no call";
  };
  const rows = [...steps, ...own.toSorted()].map((step) => [step, ...clients.map((name) => cell(step, name))]);
  return [["", ...clients], ...rows];
}

/** Why clients have no call for a step. */
function withoutTable(results: readonly Result[]): Table {
  const without = results.filter(({ result }) => result === "no call for it");
  const groups = Object.entries(Object.groupBy(without, ({ client, why }) => `${client}\n${why ?? ""}`));
  const rows = groups.map(([key, group]) => [...key.split("\n"), group?.map(({ step }) => step).join("; ") ?? ""]);
  return [["client", "why it has no call", "for"], ...rows.toSorted(([a = ""], [b = ""]) => a.localeCompare(b))];
}

function clientSections(): [Section, Table][] {
  const [steps, thread] = [resultsOf("steps"), resultsOf("thread")];
  return [
    ["clients", clientsTable([...steps, ...thread])],
    ["steps", stepsTable(steps, STEPS)],
    ["thread", stepsTable(thread, Object.keys(SCENARIOS))],
    ["without", withoutTable([...steps, ...thread])],
  ];
}

/** @throws AssertionError with what the page says and what was seen */
export function checkClients(): void {
  for (const [section, table] of clientSections()) assert.deepEqual(tableOf(section), table);
}

export const writeClients = (): void => write(clientSections());

/** The table that the page has there. */
export function tableOf(section: Section, page = readFileSync(PAGE, "utf8")): Table {
  const [, text = ""] = patternOf(section).exec(page) ?? [];
  const lines = text.trim().split("\n");
  const rows = lines.filter((_, index) => index !== 1);
  return rows.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const patternOf = (section: Section): RegExp => new RegExp(`<!-- ${section} -->\n([^]*?)<!-- /${section} -->`);

function write(sections: readonly [Section, Table][]): void {
  let page = readFileSync(PAGE, "utf8");
  for (const [section, [head = [], ...rows]] of sections) {
    const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
    page = page.replace(patternOf(section), `<!-- ${section} -->\n\n${lines.join("\n")}\n\n<!-- /${section} -->`);
  }
  writeFileSync(PAGE, page);
  execFileSync(process.execPath, [FORMATTER, PAGE]);
}

if (import.meta.main) write([["routes", routesTable()]]);
