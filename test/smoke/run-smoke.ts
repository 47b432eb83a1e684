/** The smoke test as a person runs it: a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SMOKE = fileURLToPath(new URL("../../smoke/smoke.ts", import.meta.url));

export interface Smoke {
  code: unknown;
  /** Result and what was seen, by check. */
  rows: Map<string, { outcome: string; seen: string }>;
  out: string;
  err: string;
}

export async function runSmoke(...args: string[]): Promise<Smoke> {
  const child = spawn(process.execPath, [SMOKE, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const [code] = await once(child, "close");
  const cells = out.split("\n").map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  const rows = new Map(
    cells.map(([, check = "", outcome = "", seen = ""]): [string, { outcome: string; seen: string }] => [
      check,
      { outcome, seen },
    ]),
  );
  return { code, rows, out, err };
}
