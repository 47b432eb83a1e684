import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { lockData } from "../../local/lock-data.ts";
import { CommandError } from "../../command-line/command-error.ts";

const TAKER = fileURLToPath(new URL("take-data.ts", import.meta.url));
const RACERS = 6;

type Taker = ChildProcessByStdio<Writable, Readable, null>;

let folder: string;
let takers: Taker[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-lock-"));
  takers = [];
});
afterEach(async () => {
  await Promise.all(takers.map(killed));
  rmSync(folder, { recursive: true, force: true });
});

/** A process that is ready to take the folder; it does when asked, and keeps it for its life. */
async function openTaker(): Promise<Taker> {
  const taker: Taker = spawn(process.execPath, [TAKER, folder], { stdio: ["pipe", "pipe", "inherit"] });
  takers.push(taker);
  taker.stdout.setEncoding("utf8");
  await once(taker.stdout, "data");
  return taker;
}

async function take(taker: Taker): Promise<string> {
  const said = once(taker.stdout, "data");
  taker.stdin.write("take\n");
  return String(await said);
}

async function killed(taker: Taker): Promise<void> {
  if (taker.exitCode !== null || taker.signalCode !== null) return;
  const exited = once(taker, "exit");
  taker.kill("SIGKILL");
  await exited;
}

test("a free folder is made, taken and given back", () => {
  const data = join(folder, "a", "b");

  const release = lockData(data);
  const holder = readFileSync(join(data, "holder"), "utf8");
  release();

  expect(holder).toBe(String(process.pid));
  expect(existsSync(join(data, "holder"))).toBe(false);
  expect(() => lockData(data)()).not.toThrow();
});

test("a folder that this process has is refused to it, too", () => {
  const release = lockData(folder);

  expect(() => lockData(folder)).toThrow(CommandError);

  release();
});

test("the lock of a living process counts, whatever the file says", async () => {
  const holder = await openTaker();
  await take(holder);

  expect(() => lockData(folder)).toThrow(new RegExp(`in use by process ${holder.pid}\\..*--data`));

  rmSync(join(folder, "holder"));

  expect(() => lockData(folder)).toThrow(/in use by another process\..*--data/);
});

test("the lock of a killed process counts for nothing", async () => {
  const holder = await openTaker();
  await take(holder);
  await killed(holder);

  const release = lockData(folder);

  expect(readFileSync(join(folder, "holder"), "utf8")).toBe(String(process.pid));
  release();
});

test("of many processes that find a killed one's lock, exactly one takes it", async () => {
  for (let round = 0; round < 3; round++) {
    const racers = await Promise.all(Array.from({ length: RACERS }, openTaker));
    writeFileSync(join(folder, "holder"), "999999999");

    const said = await Promise.all(racers.map(take));

    expect(said.filter((answer) => answer === "taken\n").length).toBe(1);
    expect(said.filter((answer) => answer.startsWith("refused")).length).toBe(RACERS - 1);
    await Promise.all(racers.map(killed));
  }
});
