/** Check: how many streams and runs Lambda serves at once for the account. It asks the AWS CLI if there are credentials. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Finding, note, skipped } from "../findings.ts";

const CHECK = "concurrency quota";
/** ms. The CLI may wait for a sign-in for ever. */
const PATIENCE = 15_000;
/** A new account has as few as 10, an old one 1,000: below this a handful of chats is the whole of it. */
const FEW = 100;

type Variables = Record<string, string | undefined>;

/** @param env variables of this process, for the CLI and its credentials */
export async function checkQuota(url: string, env: Variables): Promise<Finding> {
  const region = regionOf(url, env);
  if (region === undefined) return skipped(CHECK, "this URL names no region of AWS");
  try {
    const { stdout } = await promisify(execFile)(
      "aws",
      ["lambda", "get-account-settings", "--region", region, "--output", "json"],
      { env, timeout: PATIENCE },
    );
    const { AccountLimit } = JSON.parse(stdout) as { AccountLimit: Record<string, number> };
    return note(CHECK, sentence(AccountLimit["ConcurrentExecutions"] ?? Number.NaN, region));
  } catch (error) {
    return skipped(CHECK, `the AWS CLI does not answer: ${reasonOf(error)}`);
  }
}

/** The region of a Function URL; of a custom domain that of the environment. Loopback has none. */
function regionOf(url: string, env: Variables): string | undefined {
  const { hostname } = new URL(url);
  if (/^(?:localhost$|127\.|\[::1\]$)/.test(hostname)) return undefined;
  return /\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(hostname)?.[1] ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
}

function sentence(quota: number, region: string): string {
  const all = `${quota.toLocaleString("en-US")} concurrent executions of Lambda in ${region}, for these credentials' account`;
  const use = "each open stream holds one, and each run that works another";
  if (quota > FEW) return `${all}: ${use}`;
  return `ONLY ${all}: ${use}, so ${quota} open streams leave none for a run. Ask for more before others use it`;
}

/** The last line that the CLI printed, which is its message; without ARNs, for they name the account and the person. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "ENOENT") return "there is none on PATH";
  const printed = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim() : "";
  return (
    printed
      .split("\n")
      .at(-1)
      ?.replaceAll(/arn:\S+/g, "…") || "it gave no answer"
  );
}
