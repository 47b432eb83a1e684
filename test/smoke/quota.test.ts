/** The quota of concurrent executions, as a stand-in for the AWS CLI tells it, or does not. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { checkQuota } from "../../smoke/checks/quota.ts";

const FUNCTION_URL = "https://abcdefgh.lambda-url.eu-west-1.on.aws/";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-quota-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An environment whose `aws` is this script. */
function withCli(script: string): Record<string, string> {
  const file = join(folder, "aws");
  writeFileSync(file, `#!/usr/bin/env node\n${script}\n`);
  chmodSync(file, 0o755);
  return { PATH: [folder, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter) };
}

/** Answers for the account, and repeats what it was asked. */
const answering = (quota: number): string =>
  `if (process.argv.slice(2, 6).join(" ") !== "lambda get-account-settings --region eu-west-1") process.exit(9);
   console.log(JSON.stringify({ AccountLimit: { ConcurrentExecutions: ${quota}, UnreservedConcurrentExecutions: 1 } }));`;

test("A1: a usual quota is told, with what takes it", async () => {
  expect(await checkQuota(FUNCTION_URL, withCli(answering(1_000)))).toEqual({
    check: "concurrency quota",
    outcome: "note",
    seen: expect.stringMatching(/^1,000 concurrent executions of Lambda in eu-west-1.*: each open stream holds one/),
  });
});

test("A1: the quota of a new account is told so that nobody misses it", async () => {
  const { outcome, seen } = await checkQuota(FUNCTION_URL, withCli(answering(10)));

  expect(outcome).toBe("note");
  expect(seen).toMatch(/^ONLY 10 .*10 open streams leave none for a run/);
});

test.each<[string, string, () => Record<string, string>, RegExp]>([
  ["no AWS CLI", FUNCTION_URL, () => ({ PATH: folder }), /none on PATH/],
  [
    "no credentials",
    FUNCTION_URL,
    () => withCli('console.error("\\nUnable to locate credentials."); process.exit(253);'),
    /: Unable to locate credentials\.$/,
  ],
  [
    "no right to ask, without saying who asked",
    FUNCTION_URL,
    () => withCli('console.error("User: arn:aws:iam::000000000000:user/x is not authorized"); process.exit(254);'),
    /: User: … is not authorized$/,
  ],
  ["an answer that is none", FUNCTION_URL, () => withCli("console.log('{}')"), /does not answer/],
  ["a server on loopback", "http://localhost:2024", () => withCli(answering(10)), /no region/],
])("A1: with %s it is skipped and says why, never failed", async (_, url, env, reason) => {
  expect(await checkQuota(url, env())).toEqual({
    check: "concurrency quota",
    outcome: "skipped",
    seen: expect.stringMatching(reason),
  });
});

test("A1: behind a name of one's own the region is the environment's", async () => {
  const env = withCli(answering(1_000));
  const url = "https://agents.example.com";

  expect((await checkQuota(url, { ...env, AWS_REGION: "eu-west-1" })).outcome).toBe("note");
  expect((await checkQuota(url, env)).outcome).toBe("skipped");
});
