/** Times as people read them, with the exact one behind them. */
import { signal } from "@preact/signals";
import { serverNow } from "../api/server-clock.ts";
import { AGO_EVERY } from "../timings.ts";

/** All texts that say how long ago something was depend on it. */
const tick = signal(0);
setInterval(() => (tick.value += 1), AGO_EVERY);

const UNITS: [unit: string, ms: number][] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
];

/** @param iso a time of the API */
export function Ago({ iso }: { iso: string }) {
  void tick.value;
  const past = serverNow() - Date.parse(iso);
  const [unit, ms] = UNITS.find(([, size]) => past >= size) ?? [];
  const text = unit === undefined || ms === undefined ? "now" : `${Math.floor(past / ms)} ${unit}`;
  return (
    <time dateTime={iso} title={new Date(iso).toLocaleString("sv")}>
      {text}
    </time>
  );
}

/** `1.24 s`, `3 min 5 s` */
export function durationText(ms: number): string {
  if (ms < 60_000) return `${(Math.max(0, ms) / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1_000);
  return seconds < 3_600
    ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    : `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

export const clockText = (iso: string): string => new Date(iso).toLocaleTimeString("sv");
