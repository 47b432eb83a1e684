/** The list of faults is whole: each has a test here, or one that the table names and that is still there. */
import { readdirSync, readFileSync } from "node:fs";
import { COVERED } from "./covered.ts";

const FAULTS = Array.from({ length: 44 }, (_, i) => i + 1);
const read = (relative: string): string => readFileSync(new URL(relative, import.meta.url), "utf8");

/** `fault 7: …` and `faults 1 to 4: …` in the names of the tests of this folder. */
function faultsNamed(): Set<number> {
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => file.endsWith(".test.ts"));
  const names = files.flatMap((file) => [
    ...read(file).matchAll(/(?:test|describe)\(\s*"faults? (\d+)(?: to (\d+))?: /g),
  ]);
  return new Set(
    names.flatMap(([, from = "", to = from]) => FAULTS.filter((n) => n >= Number(from) && n <= Number(to))),
  );
}

test("every fault of the list has a test", () => {
  const elsewhere = new Set(COVERED.map(({ fault }) => fault));
  const here = faultsNamed();

  expect(FAULTS.filter((fault) => !here.has(fault) && !elsewhere.has(fault))).toEqual([]);
  expect(FAULTS.filter((fault) => !here.has(fault))).toEqual([24, 26, 29, 30]);
});

test.each(COVERED)("fault $fault is shown by $file: $test", ({ file, test: name }) => {
  expect(read(`../${file}`)).toContain(name);
});
