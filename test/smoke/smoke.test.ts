/** The smoke test finds nothing where nothing is wrong, and what is wrong where something is: on the way here, or in how it is asked. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Deployment } from "../../smoke/deployment.ts";
import type { Finding } from "../../smoke/findings.ts";
import { hostingOf } from "../../smoke/report.ts";
import { type Part, runChecks } from "../../smoke/run-checks.ts";
import { chooseSubjects } from "../../smoke/subjects.ts";
import { freePort } from "../../local/free-port.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { runSmoke } from "./run-smoke.ts";
import { type Spoil, spoils, startSpoilingProxy } from "./spoiling-proxy.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const MODES = ["values", "updates", "tasks", "checkpoints", "debug", "events", "messages", "messages-tuple", "custom"];

describe.concurrent("a sound server", () => {
  it("passes every check, and the table has no address", async ({ expect }) => {
    const { code, rows, out, err } = await runSmoke(server.url, "--runs", "2");

    expect(code, out + err).toBe(0);
    const outcomes = Object.fromEntries([...rows].map(([check, { outcome }]) => [check, outcome]));
    expect(outcomes).toMatchObject({
      ...Object.fromEntries(MODES.map((mode) => [`mode ${mode}`, "ok"])),
      stream_subgraphs: "ok",
      "interrupt and resume": "ok",
      "resume from the middle": "ok",
      "keep-alive": "ok",
      cancel: "ok",
      "small chunks": "note",
      "first graph event": "note",
    });
    expect(rows.get("small chunks")?.seen).toMatch(/^pass as written: 40 events/);
    expect(out).not.toContain(new URL(server.url).host);
  });

  it("leaves no thread behind", async ({ expect }) => {
    const deployment = new Deployment(server.url, undefined);
    const thread = await deployment.createThread();

    const left = await deployment.deleteThreads();

    expect(left).toBe(0);
    expect((await deployment.ask("GET", `/threads/${thread}`)).status).toBe(404);
  });

  it("takes any assistant", async ({ expect }) => {
    const named = ["--assistant", "agent", "--input", '{"topic":"tea"}'];

    const { code, rows, out } = await runSmoke(server.url, ...named, "--only", "modes", "--only", "resume");

    expect(code, out).toBe(0);
    expect(rows.get("resume from the middle")?.outcome).toBe("ok");
    for (const check of ["mode messages", "mode messages-tuple", "mode custom", "stream_subgraphs"])
      expect(rows.get(check), "N12").toEqual({ outcome: "skipped", seen: expect.stringContaining("with this input") });
    expect(out).toMatch(/All \d+ checks passed, 4 skipped/);
  });

  it("N12: what a run is too short to show is skipped", async ({ expect }) => {
    const named = ["--assistant", "agent", "--input", '{"topic":"tea"}'];
    const parts = ["interrupt", "long", "chunks"].flatMap((part) => ["--only", part]);

    const { code, rows, out } = await runSmoke(server.url, ...named, ...parts, "--long", "1");

    expect(code, out).toBe(0);
    for (const check of ["interrupt and resume", "a cut by the server", "long run, resumed", "keep-alive"])
      expect(rows.get(check)?.outcome, check).toBe("skipped");
    expect(rows.get("long run, its end")?.outcome).toBe("ok");
  });
});

async function through(spoil: Spoil, ...parts: Part[]): Promise<Finding[]> {
  const proxy = await startSpoilingProxy(server.url, spoil);
  const deployment = new Deployment(proxy.url, undefined);
  const subjects = await chooseSubjects(deployment, undefined);
  if (typeof subjects === "string") throw new Error(subjects);
  const findings = await runChecks(deployment, subjects, { parts, runs: 1, long: 1, key: false }, () => {});
  await proxy.stop();
  return findings;
}

const find = (findings: readonly Finding[], check: string): Finding | undefined =>
  findings.find((one) => one.check === check);
const failed = (findings: readonly Finding[]): string[] =>
  findings.filter(({ outcome }) => outcome === "FAILED").map(({ check }) => check);

describe.concurrent("a way here that", () => {
  it("changes nothing makes nothing fail", async ({ expect }) => {
    const findings = await through((chunks) => chunks, "modes", "resume");

    expect(failed(findings)).toEqual([]);
  });

  it("holds everything back to the end is said to", async ({ expect }) => {
    const findings = await through(spoils.buffering, "chunks");

    expect(find(findings, "small chunks")?.seen).toMatch(/^HELD BACK: 40 events/);
    expect(failed(findings)).toEqual(["keep-alive"]);
  });

  it("A2: holds each chunk back until the next is said to, with what helps", async ({ expect }) => {
    const findings = await through(spoils.oneBehind, "chunks");

    expect(find(findings, "small chunks")?.seen).toMatch(/^HELD BACK by one.*-c pad=true/);
  });

  it("swallows keep-alives fails", async ({ expect }) => {
    const findings = await through(spoils.withoutKeepAlives, "chunks");

    expect(failed(findings)).toEqual(["keep-alive"]);
  });

  it("loses ids fails in every mode", async ({ expect }) => {
    const findings = await through(spoils.withoutIds, "modes");

    expect(failed(findings)).toEqual(expect.arrayContaining(MODES.map((mode) => `mode ${mode}`)));
  });

  it("ends bodies early, cleanly, fails", async ({ expect }) => {
    const findings = await through(spoils.endingEarly, "modes");

    expect(find(findings, "mode values")).toMatchObject({ outcome: "FAILED", seen: expect.stringContaining("replay") });
  });

  it("P11: has no mode `tasks` makes it skipped, with the reason", async ({ expect }) => {
    const findings = await through(spoils.withoutTasks, "modes");

    expect(failed(findings)).toEqual([]);
    for (const mode of ["tasks", "checkpoints"])
      expect(find(findings, `mode ${mode}`)).toMatchObject({
        outcome: "skipped",
        seen: expect.stringContaining("LangGraph"),
      });
    expect(find(findings, "several modes at once")).toMatchObject({
      outcome: "ok",
      seen: expect.stringContaining("no tasks"),
    });
  });

  it("P11: gives all of a run at once leaves nothing to resume: skipped", async ({ expect }) => {
    const proxy = await startSpoilingProxy(server.url, spoils.firstTwo);
    const named = { assistant: "agent", input: { topic: "tea" } };
    const subjects = await chooseSubjects(new Deployment(proxy.url, undefined), named);
    if (typeof subjects === "string") throw new Error(subjects);
    const plan = { parts: ["resume" as const], runs: 1, long: 1, key: false };

    const findings = await runChecks(new Deployment(proxy.url, undefined), subjects, plan, () => {});
    await proxy.stop();

    expect(find(findings, "resume from the middle")).toMatchObject({ outcome: "skipped" });
    expect(find(findings, "a second reader")).toMatchObject({ outcome: "ok" });
  });

  it("loses an event at a join fails", async ({ expect }) => {
    const findings = await through(spoils.losingOnJoin, "resume");

    expect(failed(findings)).toContain("resume from the middle");
  });
});

describe("wrong arguments", () => {
  it.each([
    [[], "npm run smoke -- URL"],
    [["not a url"], "npm run smoke -- URL"],
    [["http://127.0.0.1:1", "--runs", "0"], "--runs: 0 is not a whole number"],
    [["http://127.0.0.1:1", "--assistant", "agent"], "go together"],
    [["http://127.0.0.1:1", "--assistant", "agent", "--input", "{"], "--input is no JSON"],
    [["http://127.0.0.1:1", "--only", "everything"], "--only: everything is none of"],
    [["http://127.0.0.1:1", "--colour"], "--colour"],
  ])("%j: exit code 2 and the reason", async (args, reason) => {
    const { code, err } = await runSmoke(...args);

    expect(code).toBe(2);
    expect(err).toContain(reason);
  });

  it("--help is no mistake", async () => {
    const { code, out, err } = await runSmoke("--help");

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("--assistant A");
  });

  it("an address where nobody answers: exit code 1 and the cause", async () => {
    const { code, err } = await runSmoke(`http://127.0.0.1:${await freePort()}`);

    expect(code).toBe(1);
    expect(err).toContain("ECONNREFUSED");
  });
});

it.each([
  ["https://abcdefgh.lambda-url.eu-west-1.on.aws/", "a Function URL in eu-west-1"],
  ["http://127.0.0.1:2024", "loopback"],
  ["https://d111.cloudfront.net", "CloudFront"],
  ["https://agents.example.com", "a host name of its own"],
])("%s is shown as %s", (url, place) => {
  expect(hostingOf(url)).toBe(place);
});

it("needs nothing of the server that it asks, and no package", () => {
  const folder = fileURLToPath(new URL("../../smoke", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

  const text = files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  const imported = [...text.matchAll(/^import .*? from "(.+?)";|^\} from "(.+?)";/gm)].map(
    ([, one, other]) => one ?? other,
  );

  expect(imported.length).toBeGreaterThan(20);
  expect(
    imported.filter((name) => !/^node:|^\.\.?\/(?!.*(functions|local|infra|packaging|bench|cost)\/)/.test(name ?? "")),
  ).toEqual([]);
});
