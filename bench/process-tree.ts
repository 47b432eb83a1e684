/** CPU and memory of a process and of all its descendants, as Linux counts them in /proc. */
import { readdirSync, readFileSync } from "node:fs";

/** Hz, of the times in /proc/PID/stat on every Linux that Node runs on. */
const TICKS = 100;
const KB = 1_024;
const MB = 1_024 * KB;

/** s of CPU that the tree has used, user and system, without processes that have ended. */
export const cpuOf = (root: number): number =>
  treeOf(root).reduce((sum, pid) => {
    const [utime = 0, stime = 0] = statOf(pid).slice(11, 13).map(Number);
    return sum + (utime + stime) / TICKS;
  }, 0);

/** MB of memory of the tree; pages that processes share count once (PSS). */
export const memoryOf = (root: number): number =>
  treeOf(root).reduce((sum, pid) => {
    const kilobytes = /^Pss: +(\d+) kB$/m.exec(readOr(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0;
    return sum + (Number(kilobytes) * KB) / MB;
  }, 0);

/** Processes below `root` whose command line contains `part`. */
export const below = (root: number, part: string): number[] =>
  treeOf(root)
    .slice(1)
    .filter((pid) => readOr(`/proc/${pid}/cmdline`).replaceAll("\0", " ").includes(part));

function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(Number(name))[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** The fields after the name, which may contain anything: state, parent, …; none if it has ended. */
const statOf = (pid: number): string[] => {
  const stat = readOr(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
};

function readOr(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
