/** The routes of the page `/watch`: what a browser may load, what it may do, and that it can be turned off. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { bundlePage } from "../../packaging/bundle-page.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { appUnderTest, threeSteps } from "./app-under-test.ts";

/** Bytes on the wire, all files together. */
const PAGE_BYTES = 150_000;
const SOURCE = fileURLToPath(new URL("../../page", import.meta.url));
const auth = { kind: "key" as const, sha256: ["0".repeat(64)] };
const html = { accept: "text/html" };

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());
const withPage = () => appUnderTest(table, threeSteps, { auth, page: bundlePage });

test("the page and its files need no key: they have no data", async () => {
  const app = withPage();

  const page = await app.ask("GET /watch");
  const files = [...(await page.text()).matchAll(/(?:src|href)="(watch\/assets\/[^"]+)"/g)].map(([, file]) => file);
  const answers = await Promise.all(files.map((file) => app.ask(`GET /${file}`)));

  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(files).toHaveLength(2);
  expect(answers.map(({ status, headers }) => [status, headers.get("cache-control")])).toEqual([
    [200, "public, max-age=31536000, immutable"],
    [200, "public, max-age=31536000, immutable"],
  ]);
  expect((await app.ask("POST /threads/search", {})).status).toBe(401);
});

test("its policy allows its own files and its own server, and nothing that is inline", async () => {
  const page = await withPage().ask("GET /watch");
  const policy = page.headers.get("content-security-policy") ?? "";

  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'/);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(await page.text()).not.toMatch(/<style|style=|onclick|<script(?![^>]*src=)/);
});

test("its files are small, and name no other origin", async () => {
  const files = [...(await bundlePage()).values()];

  const bytes = files.reduce((sum, text) => sum + gzipSync(text).length, 0);
  const origins = files.join("").match(/https?:\/\/[a-z0-9.-]+/g) ?? [];

  expect(bytes).toBeLessThan(PAGE_BYTES);
  // Names of XML namespaces, which nobody asks.
  expect(origins.filter((origin) => origin !== "http://www.w3.org")).toEqual([]);
});

test("what a model says is text: no file of the page makes HTML of anything", () => {
  const sources = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
  const makes = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|\beval\(/i;

  expect(sources.length).toBeGreaterThan(20);
  expect(sources.filter((name) => makes.test(readFileSync(join(SOURCE, name), "utf8")))).toEqual([]);
});

test("where people go on: a slash is taken away, the root links to it", async () => {
  const app = withPage();

  const slash = await app.ask("GET /watch/");

  expect([slash.status, slash.headers.get("location")]).toEqual([308, "../watch"]);
  expect(await (await app.ask("GET /", undefined, html)).text()).toContain('<a href="watch">');
});

test.each(["GET /watch", "GET /watch/", "GET /watch/assets/page.js"])("turned off, %s is 404", async (route) => {
  const app = appUnderTest(table, threeSteps, { auth });

  expect((await app.ask(route)).status).toBe(404);
  expect(await (await app.ask("GET /", undefined, html)).text()).not.toContain("/watch");
});

test.each([
  ["a file that is not there", "GET /watch/assets/other.js", 404],
  ["a path out of the folder", "GET /watch/assets/..%2f..%2fpackage.json", 404],
  ["another method", "POST /watch", 405],
])("bad input: %s", async (_name, route, status) => {
  expect((await withPage().ask(route)).status).toBe(status);
});
