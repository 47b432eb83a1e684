/** `node cost/measure/measure.ts`: measures the request units again and prints the content of unit-counts.ts. Takes about 70 s. */
import { Meter } from "./meter.ts";
import { measureUnits } from "./measure-units.ts";
import { startSystem } from "./system.ts";

const warn = (message: string, fields: object): void =>
  void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);

await using system = await startSystem({ info: () => {}, warn, error: warn });
const meter = new Meter();
const counts = await measureUnits(system, meter);
meter.stop();
process.stdout.write(`${JSON.stringify(counts, undefined, 2)}\n`);
