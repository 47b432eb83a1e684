/** Prints the metrics as a table. */
import { type Metric, reached } from "./metrics.ts";

const HEADER = ["", "official", "dev server", "ours", "wanted", ""];

export function tableOf(figures: readonly Metric[], values: ReadonlyMap<string, number>): string {
  const rows = figures.flatMap((figure) => {
    const value = values.get(figure.id);
    return value === undefined ? [] : [rowOf(figure, value)];
  });
  const all = [HEADER, ...rows];
  const widths = HEADER.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(HEADER), rule, ...rows.map(line)].map((text) => text.trimEnd()).join("\n");
}

function rowOf(figure: Metric, value: number): string[] {
  const { label, unit, official, dev, want, digits = 0 } = figure;
  const wanted = want ? ("most" in want ? `at most ${grouped(want.most)}` : `at least ${grouped(want.least)}`) : "";
  const verdict = reached(figure, value);
  return [
    `${label} [${unit}]`,
    official,
    dev,
    grouped(value, digits),
    wanted,
    verdict === undefined ? "" : verdict ? "reached" : "NOT reached",
  ];
}

const grouped = (value: number, digits?: number): string =>
  value.toLocaleString(
    "en-US",
    digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits },
  );
