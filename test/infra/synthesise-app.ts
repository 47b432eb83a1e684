/** Our app, as the CDK's CLI starts it. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** @param out folder of the synthesised assembly */
export function synthesiseApp(
  out: string,
  context: Record<string, unknown>,
): { status: number | null; stderr: string } {
  const env = { ...process.env, CDK_OUTDIR: out, CDK_CONTEXT_JSON: JSON.stringify(context) };
  const { status, stderr } = spawnSync(process.execPath, ["infra/app.ts"], { cwd: ROOT, env, encoding: "utf8" });
  return { status, stderr };
}
