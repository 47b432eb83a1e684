/** `npm run cost`: what runs cost on AWS. Asks nobody, needs no account. Exit code 2 = wrong arguments. */
import { printFailure } from "../command-line/command-error.ts";
import { textOf } from "./print-estimate.ts";
import { parseUse, USAGE } from "./read-arguments.ts";
import { MEASURED } from "./unit-counts.ts";

try {
  const use = parseUse(process.argv.slice(2));
  process.stdout.write(`${use === "help" ? USAGE : textOf(use, MEASURED)}\n`);
} catch (error) {
  process.exitCode = printFailure(error);
}
