/** Prints the estimate. */
import { idleMonth, type Line, monthOf, runOf, sumAfterFree, sumOf, type Use, usdOf } from "./estimate.ts";
import { PRICES, PRICES_OF } from "./prices.ts";
import { MEASURED_ON, type UnitCounts } from "./unit-counts.ts";

export function textOf(use: Use, units: UnitCounts): string {
  const run = runOf(use, units);
  const idle = idleMonth(use);
  const month = monthOf(use, units);
  const { runsPerDay, secondsPerRun, tokens, calls, readers, stateKb, workerMemory, apiMemory } = use;
  return [
    `List prices of ${PRICES_OF.region}, ${PRICES_OF.date}; unit counts measured on ${MEASURED_ON}. Without the model's own price.`,
    "",
    `One run: ${secondsPerRun} s, ${plain(tokens)} tokens in ${calls} model calls, ${readers} stream${readers === 1 ? "" : "s"}, ` +
      `${stateKb} KB of state, worker ${workerMemory} MB, streams ${apiMemory} MB`,
    "",
    ...table(run),
    "",
    "A month in which nobody uses it",
    "",
    ...table(idle),
    `after what every account has free: ${usd(sumAfterFree(idle))}. Beside it whatever threads are kept: ${usd(PRICES.tableStorage.usd)} a GB.`,
    "",
    `A month of ${plain(runsPerDay)} runs a day`,
    "",
    ...table(month),
    `after what every account has free: ${usd(sumAfterFree(month))}`,
  ].join("\n");
}

function table(lines: readonly Line[]): string[] {
  const shown = lines.filter(({ quantity }) => quantity > 0);
  const rows = shown.map((line) => [line.what, `${plain(line.quantity)} ${PRICES[line.price].unit}`, usd(usdOf(line))]);
  const all = [...rows, ["sum", "", usd(sumOf(lines))]];
  const width = (column: number): number => Math.max(...all.map((row) => row[column]?.length ?? 0));
  const widths = [0, 1, 2].map(width);
  return all.map(([what = "", quantity = "", money = ""]) =>
    [what.padEnd(widths[0] ?? 0), quantity.padStart(widths[1] ?? 0), money.padStart(widths[2] ?? 0)].join("  "),
  );
}

const plain = (value: number): string =>
  value.toLocaleString("en-US", value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 2 });

/** Small sums have more digits than large ones. */
export const usd = (value: number): string =>
  value === 0 || value >= 0.1 ? `$${value.toFixed(2)}` : `$${value.toFixed(value >= 0.001 ? 4 : 7)}`;
