/** docs/compatibility.md has the routes that are served, differ or are not served, and tests show the differences. */
import { readFileSync } from "node:fs";
import { OPERATIONS } from "../../functions/http/openapi/document.ts";
import { routesTable, tableOf } from "../registry/compatibility.ts";
import { ROUTE_DIFFERENCES } from "../registry/route-differences.ts";

test("the page has every route; `node test/registry/compatibility.ts` writes it", () => {
  expect(tableOf("routes")).toEqual(routesTable());
});

test("the page was written with the clients that are installed", () => {
  const npm = JSON.parse(readFileSync("test/registry/clients/package.json", "utf8")) as {
    dependencies: Record<string, string>;
  };
  const python = readFileSync("test/registry/python/requirements.txt", "utf8").trim().split("\n");
  const pins = { ...npm.dependencies, ...Object.fromEntries(python.map((line) => line.split("=="))) };

  const [, ...clients] = tableOf("clients");

  expect(clients.length).toBeGreaterThan(5);
  expect(clients.map(([, name = ""]) => [name, pins[name.replaceAll("`", "")]])).toEqual(
    clients.map(([, name, version]) => [name, version]),
  );
});

test.each(ROUTE_DIFFERENCES)("a test shows that $what", ({ routes, shown }) => {
  const served = Object.values(OPERATIONS).flatMap((operations) => Object.keys(operations));

  expect(routes.filter((route) => !served.includes(route))).toEqual([]);
  expect(readFileSync(shown.file, "utf8")).toContain(shown.test);
});
