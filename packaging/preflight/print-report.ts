/** Prints the pre-flight. */
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import type { Artefact } from "../build-artefact.ts";
import { filesBelow, inMegabytes, listed, packageSizes } from "./sizes.ts";
import type { TriedGraph } from "./try-graphs.ts";

const LARGEST = 6;
const AT_ONCE = 16;
/** Bytes of a ZIP's entries for each file, without its name, which is there twice. */
const ENTRY = 76;
const deflate = promisify(deflateRaw);

export interface Report {
  artefact: Artefact;
  /** s */
  seconds: number;
  /** Undefined: not loaded. */
  tried: TriedGraph[] | undefined;
  /** Why not. */
  untried: string | undefined;
}

export async function printReport(report: Report): Promise<string> {
  const { artefact, seconds, tried, untried } = report;
  const { folder, cpu, bytes, packages, natives, findings } = artefact;
  const files = filesBelow(folder);
  const zipped = await zippedBytes(files);
  const sizes = packageSizes(packages);
  const largest = sizes.slice(0, LARGEST).map(({ name, bytes: size }) => `${name} ${inMegabytes(size)}`);
  const ours = Object.entries(artefact.sizes).map(([name, size]) => `${name} ${inMegabytes(size)}`);
  const lines = [
    `artefact   ${folder}`,
    `target     linux ${cpu}, ${seconds.toFixed(1)} s`,
    `size       ${inMegabytes(bytes)} unzipped of 250 MB, ${inMegabytes(zipped)} zipped, ${files.length} files`,
    `ours       ${ours.join(", ")}`,
    `packages   ${sizes.length}; largest: ${largest.join(", ") || "none"}`,
    `natives    ${natives.map(({ key, platforms }) => `${key} (${platforms.join(", ") || "not built"})`).join(", ") || "none"}`,
    `variables  ${listed(artefact.variables) || "none"}`,
    ...pythonLines(artefact),
    ...leftOutLines(artefact),
    ...graphLines(artefact, { tried, untried }),
    "",
    ...findings.map(({ level, topic, text }) => `${level.padEnd(8)} ${topic}: ${text}`),
    verdictOf(report),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** The last line; none where something is wrong, for that is what is read last then. */
function verdictOf({ artefact: { broken, findings }, tried }: Report): string {
  const isBroken = Object.keys(broken).length > 0 || tried?.some(({ error }) => error !== undefined);
  if (isBroken || findings.some(({ level }) => level === "error")) return "";
  const warned = findings.some(({ level }) => level === "warning");
  return warned ? "It can be deployed; the warnings say what will not work." : "Nothing stands in the way.";
}

function pythonLines({ python }: Artefact): string[] {
  if (!python) return [];
  const { version, bytes, packages } = python;
  const largest = packages.slice(0, LARGEST).map(({ name, bytes: size }) => `${name} ${inMegabytes(size)}`);
  return [
    `python     ${version} ${inMegabytes(bytes)}, ${packages.length} packages; largest: ${largest.join(", ") || "none"}`,
  ];
}

/** Files left out, by rule: a line for each, with the first names. */
function leftOutLines({ leftOut }: Artefact): string[] {
  const byRule = Map.groupBy(leftOut, ({ rule }) => rule);
  return [...byRule].map(([rule, list], index) => {
    const names = listed(list.map(({ path: at }) => at));
    return `${index === 0 ? "left out" : "        "}   ${rule}: ${names}`;
  });
}

function graphLines(
  { graphs, cpu, standIns, python }: Artefact,
  { tried, untried }: Pick<Report, "tried" | "untried">,
): string[] {
  if (tried === undefined) return [`graphs     ${graphs.join(", ")} (not loaded: ${untried})`];
  const names = listed(standIns.map(({ package: { key } }) => key));
  const how =
    names === "" ? [] : [`           loaded with what stands here for the binaries of linux ${cpu}: ${names}`];
  const { trial } = python ?? {};
  if (trial?.by === "machine") how.push(`           loaded with ${trial.python}, as the artefact is for linux ${cpu}`);
  const lines = tried.map(({ graph_id, ms, error }, index) => {
    // The message is the one for clients, which names the graph as well.
    const reason = error?.replace(/^.*? does not load: /s, "");
    const result = reason === undefined ? `loads, ${ms} ms` : `does not load: ${reason}`;
    return `${index === 0 ? "graphs" : "      "}     ${graph_id}: ${result}`;
  });
  return [...lines, ...how];
}

/** What a ZIP of these files has, without writing one. */
async function zippedBytes(files: readonly string[]): Promise<number> {
  let sum = 0;
  const left = [...files];
  const work = async (): Promise<void> => {
    for (let file = left.pop(); file !== undefined; file = left.pop()) {
      const packed = await deflate(await readFile(file));
      sum += packed.length + ENTRY + 2 * file.length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return sum;
}
