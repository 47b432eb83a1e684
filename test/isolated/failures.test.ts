/** The isolated host when functions throw, hang, die, or are asked too much: what a client sees, and what becomes of the environment. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Reaper } from "../../local/isolated/start-reaper.ts";
import { address, type Bench, pidOf, readerOf, readUntil, startBench } from "./function-under-test.ts";

let bench: Bench;
beforeAll(() => {
  bench = startBench();
});
afterAll(() => bench.stop());

/** As `ps` tells it: T = stopped, empty = gone. */
const stateOf = (pid: string): string =>
  spawnSync("ps", ["-o", "stat=", "-p", pid], { encoding: "utf8" }).stdout.trim();

describe("a handler that throws", () => {
  test("before the first byte: 502 with the kind of error, and the environment lives on", async () => {
    const { url, pool } = await bench.open("throwing");

    const failed = await fetch(url);
    const next = await fetch(`${url}/?when=never`);

    expect(failed.status).toBe(502);
    expect(failed.headers.get("x-amzn-errortype")).toBe("TypeError");
    expect(await next.text()).toBe("fine");
    expect(pool.cold).toBe(1);
  });

  test("in the middle: a broken body, or a clean end where the URL hides it", async () => {
    const aborting = await bench.open("throwing");
    const hiding = await bench.open("throwing", { midStreamError: "clean" });

    const [broken, hidden] = await Promise.all([
      fetch(`${aborting.url}/?when=later`),
      fetch(`${hiding.url}/?when=later`),
    ]);

    expect(broken.status).toBe(200);
    await expect(broken.text()).rejects.toThrow("terminated");
    expect(await hidden.text()).toBe("the beginning");
    await fetch(`${aborting.url}/?when=never`);
    expect(aborting.pool.cold).toBe(1);
  });
});

describe("a handler that destroys its stream", () => {
  test("breaks the body, and its process dies of the runtime client's own rejection", async () => {
    const { url, pool } = await bench.open("destroying");

    const broken = await fetch(url);
    await expect(broken.text()).rejects.toThrow("terminated");
    const next = await fetch(`${url}/?destroy=no`);

    expect(await next.text()).toBe("the beginning");
    expect(pidOf(next)).not.toBe(pidOf(broken));
    expect(pool.cold).toBe(2);
  });

  test("breaks the body, too, where the host is so busy that it finds the bytes and the process's end at once", async () => {
    const pids: number[] = [];
    const reaper: Reaper = {
      watch: (pid) => void pids.push(pid),
      forget: () => undefined,
      stop: () => Promise.resolve(),
    };
    const { pool } = await bench.open("destroying", { reaper });
    let text = "";
    const sink = {
      start: () => undefined,
      write: (chunk: Buffer) => {
        text += String(chunk);
        return undefined;
      },
    };
    const stayBusy = () => {
      while (!stateOf(String(pids[0])).startsWith("Z"));
    };
    // Asked for when it is sent: from then on the host looks at nothing.
    const event = {
      toJSON: () => {
        process.nextTick(stayBusy);
        return {};
      },
    };

    const invoked = await pool.invoke(event, sink);

    expect(invoked).toMatchObject({ kind: "failed", error: { errorType: "Runtime.StreamAborted" } });
    expect(text).toContain("the beginning");
  });

  test("lives on if it handles that rejection", async () => {
    const { url } = await bench.open("destroying");

    const broken = await fetch(`${url}/?survive=on`);
    await expect(broken.text()).rejects.toThrow("terminated");
    const next = await fetch(`${url}/?destroy=no`);
    await next.text();

    expect(pidOf(next)).toBe(pidOf(broken));
  });
});

describe.concurrent("a function's time-out", () => {
  /** s. A warm process answers in milliseconds, on a busy machine in less than this. */
  const timeout = 5;

  test("before the headers is a 502, and the process is gone", async ({ expect }) => {
    const { url, pool, printed } = await bench.open("endless", { timeout });

    const late = await fetch(url);
    await (await fetch(`${url}/?end=on`)).text();

    expect([late.status, late.headers.get("x-amzn-errortype")]).toEqual([502, "Sandbox.Timedout"]);
    expect(printed()).toContain("Task timed out after 5.00 seconds");
    expect(pool.cold).toBe(2);
  });

  test.each([
    ["a handler at work", "endless", "/?headers=on"],
    ["a handler that has returned without an end of its stream", "noEnd", "/"],
  ])("after the headers cuts the body: %s", async (_name, handler, path) => {
    const { url } = await bench.open(handler, { timeout });
    await (await fetch(`${url}/?end=on`)).text();

    const response = await fetch(url + path);
    const reader = readerOf(response);
    const beginning = await readUntil(reader, (text) => text === "the beginning");

    expect(beginning).toBe("the beginning");
    await expect(reader.read()).rejects.toThrow("terminated");
  });
});

describe("a process", () => {
  test("that exits is a 502, and is replaced", async () => {
    const { url, pool } = await bench.open("exiting");

    const before = await fetch(`${url}/?exit=no`);
    const gone = await fetch(`${url}/?exit=yes`);
    const after = await fetch(`${url}/?exit=no`);

    expect([before.status, gone.status, after.status]).toEqual([200, 502, 200]);
    expect(gone.headers.get("x-amzn-errortype")).toBe("Runtime.ExitError");
    expect(pidOf(after)).not.toBe(pidOf(before));
    expect(pool.cold).toBe(2);
  });

  test.each([
    ["a handler that is not there", "handlers.nothing", /HandlerNotFound/],
    ["a module that throws", "broken.handler", /Error/],
    ["a module that ends the process", "leaving.handler", /Runtime\.ExitError/],
  ])("that does not start is a 502: %s", async (_name, handler, kind) => {
    writeFileSync(bench.file("broken.mjs"), 'throw new Error("this module cannot be loaded");');
    writeFileSync(bench.file("leaving.mjs"), "process.exit(7);");
    const { url } = await bench.open(handler);

    const response = await fetch(url);

    expect(response.status).toBe(502);
    expect(response.headers.get("x-amzn-errortype")).toMatch(kind);
  });

  test("is stopped between invocations, and goes on with the next", async () => {
    const { url } = await bench.open("ticking");
    const first = (await (await fetch(url)).json()) as { pid: number };
    await expect.poll(() => stateOf(String(first.pid))).toMatch(/^T/);
    const pause = 400;
    await new Promise((resolve) => setTimeout(resolve, pause));

    const second = (await (await fetch(url)).json()) as { pid: number; longest: number };

    expect(second.pid).toBe(first.pid);
    expect(second.longest).toBeGreaterThanOrEqual(pause);
  });
});

test("a process may take longer to be initialised than an invocation may take", async () => {
  const slow = `await new Promise((resolve) => setTimeout(resolve, 1_500));
    export const handler = async () => ({ statusCode: 200, body: "" });`;
  writeFileSync(bench.file("slow.mjs"), slow);
  const { url, pool } = await bench.open("slow.handler", { timeout: 1 });

  expect([(await fetch(url)).status, pool.cold]).toEqual([200, 1]);
});

describe("a process that cannot be initialised", () => {
  const ending = (condition: string): string => `
    import { existsSync, writeFileSync } from "node:fs";
    import { tmpdir } from "node:os";
    const note = tmpdir() + "/note";
    const before = existsSync(note);
    writeFileSync(note, "");
    if (${condition}) process.exit(3);
    export const handler = async () => ({ statusCode: 200, body: tmpdir() });`;

  test("A3: is initialised once more where it failed, with a /tmp of its own, which goes with it", async () => {
    writeFileSync(bench.file("once.mjs"), ending("!before"));
    const { url, pool } = await bench.open("once.handler");

    const response = await fetch(url);
    const temporary = await response.text();

    expect([response.status, pool.cold]).toEqual([200, 1]);
    expect(existsSync(temporary)).toBe(true);
    pool.stop();
    await expect.poll(() => existsSync(temporary)).toBe(false);
  });

  test("A3: is a 502 when that fails, too, and leaves nothing", async () => {
    writeFileSync(bench.file("always.mjs"), ending("true"));
    const { url } = await bench.open("always.handler");
    const before = readdirSync(bench.file("."));

    expect((await fetch(url)).status).toBe(502);
    expect(readdirSync(bench.file("."))).toEqual(before);
  });
});

test("a process that nobody uses is ended", async () => {
  const { url, pool } = await bench.open("chunks", { keepIdle: 100 });

  const first = await fetch(address(url, { chunks: "a" }));
  await first.text();
  await expect.poll(() => stateOf(pidOf(first))).toBe("");
  const second = await fetch(address(url, { chunks: "a" }));

  expect(await second.text()).toBe("a");
  expect(pool.cold).toBe(2);
});

describe("many at once", () => {
  test("five requests are five processes, which serve the next five", async () => {
    const { url, pool } = await bench.open("chunks");
    const gate = bench.file("gate five");
    const five = () => Array.from({ length: 5 }, () => fetch(address(url, { chunks: "a,b", gate })));

    const first = await Promise.all(five());
    writeFileSync(gate, "");
    const bodies = await Promise.all(first.map((response) => response.text()));

    expect(new Set(first.map(pidOf)).size).toBe(5);
    expect(bodies).toEqual(Array(5).fill("ab"));
    for (const response of await Promise.all(five())) await response.text();
    expect(pool.cold).toBe(5);
  });

  test("more than the function may is a 429, until one has ended", async () => {
    const { url } = await bench.open("chunks", { concurrency: 2 });
    const gate = bench.file("gate two");
    const ask = () => fetch(address(url, { chunks: "a,b", gate }));

    const both = await Promise.all([ask(), ask()]);
    const third = await ask();
    writeFileSync(gate, "");
    for (const response of both) await response.text();
    const fourth = await ask();

    expect(third.status).toBe(429);
    expect(await third.json()).toMatchObject({ Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" });
    expect(await fourth.text()).toBe("ab");
  });
});

test("a client that has gone is not told: the function runs to its end", async () => {
  const { url } = await bench.open("stubborn");
  const [gate, done] = [bench.file("gate stubborn"), bench.file("done")];
  const leave = new AbortController();

  const response = await fetch(address(url, { gate, done }), { signal: leave.signal });
  await readUntil(readerOf(response), (text) => text !== "");
  leave.abort();
  writeFileSync(gate, "");

  await expect.poll(() => existsSync(done)).toBe(true);
  expect(readFileSync(done, "utf8")).toBe(pidOf(response));
});
