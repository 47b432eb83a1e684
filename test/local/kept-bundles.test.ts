/** Bundles of the functions are made once for each state of what they are made of. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bundling, writeBundles } from "../../local/isolated/kept-bundles.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-bundles-"));
  mkdirSync(join(folder, "functions/core"), { recursive: true });
  writeFileSync(join(folder, "functions/core/run.ts"), "first");
});
afterEach(() => rmSync(folder, { recursive: true }));

function bundling(kept = join(folder, "kept")): Bundling & { made: () => number } {
  let made = 0;
  const source = join(folder, "functions");
  const make = async (out: string): Promise<void> => {
    made++;
    writeFileSync(join(out, "api.mjs"), `made of ${readFileSync(join(source, "core/run.ts"), "utf8")}`);
  };
  return { sources: [source], kept, make, made: () => made };
}

async function started(how: Bundling): Promise<string> {
  const out = mkdtempSync(join(folder, "out-"));
  await writeBundles(out, how);
  return readFileSync(join(out, "api.mjs"), "utf8");
}

test("the second start takes them as they are", async () => {
  const how = bundling();

  expect([await started(how), await started(how), how.made()]).toEqual(["made of first", "made of first", 1]);
});

test("a change of a source makes them anew, and removes the old ones", async () => {
  const how = bundling();
  await started(how);

  writeFileSync(join(folder, "functions/core/run.ts"), "second");

  expect([await started(how), how.made()]).toEqual(["made of second", 2]);
  expect(readdirSync(how.kept)).toHaveLength(1);
});

test("several that start at once each have all of them", async () => {
  const how = bundling();

  expect(new Set(await Promise.all([1, 2, 3].map(() => started(how))))).toEqual(new Set(["made of first"]));
});

test("where they cannot be kept, they are made", async () => {
  writeFileSync(join(folder, "a file"), "");
  const how = bundling(join(folder, "a file", "kept"));

  expect([await started(how), await started(how), how.made()]).toEqual(["made of first", "made of first", 2]);
});

test("bundles that cannot be made are an error", async () => {
  const how = { ...bundling(), make: () => Promise.reject(new Error("a second copy of LangGraph")) };

  await expect(started(how)).rejects.toThrow("a second copy");
});
