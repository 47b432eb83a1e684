/** `npm run cost`: what runs cost on AWS. Asks nobody, needs no account. Exit code 2 = asked wrongly. */
import { textOf } from "./print-estimate.ts";
import { readArguments, USAGE } from "./read-arguments.ts";
import { MEASURED } from "./unit-counts.ts";

const use = readArguments(process.argv.slice(2));
if (typeof use !== "string") process.stdout.write(`${textOf(use, MEASURED)}\n`);
else if (use === USAGE) process.stdout.write(`${USAGE}\n`);
else {
  process.stderr.write(`${use}\n`);
  process.exitCode = 2;
}
