/** Takes the data folder that it is given when a line comes in, tells how it went, and keeps it until it is killed. */
import { once } from "node:events";
import { lockData } from "../../local/lock-data.ts";
import { CommandError } from "../../command-line/command-error.ts";

const [folder = ""] = process.argv.slice(2);
process.stdout.write("ready\n");
await once(process.stdin, "data");
try {
  lockData(folder);
  process.stdout.write("taken\n");
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stdout.write(`refused: ${error.message}\n`);
}
