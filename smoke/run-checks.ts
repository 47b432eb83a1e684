/** Runs all checks one after the other, so that they do not disturb each other's times. */
import { checkCancel } from "./checks/cancel.ts";
import { checkFirstRun, checkLatency } from "./checks/latency.ts";
import { checkLongRun } from "./checks/long-run.ts";
import { checkInterrupt, checkModes } from "./checks/modes.ts";
import { checkPace } from "./checks/pace.ts";
import { checkQuota } from "./checks/quota.ts";
import { checkRequests } from "./checks/requests.ts";
import { checkResume } from "./checks/resume.ts";
import type { Deployment } from "./deployment.ts";
import { causeOf } from "./event-stream.ts";
import type { Finding } from "./findings.ts";
import type { Subjects } from "./subjects.ts";

export const PARTS = [
  "quota",
  "first",
  "modes",
  "interrupt",
  "requests",
  "resume",
  "cancel",
  "chunks",
  "latency",
  "long",
] as const;
export type Part = (typeof PARTS)[number];

export interface Plan {
  parts: readonly Part[];
  /** Runs whose latency is measured. */
  runs: number;
  /** s */
  long: number;
  /** Whether there is a key. */
  key: boolean;
}

/** @param onPart called with each part before it begins */
export async function runChecks(
  deployment: Deployment,
  subjects: Subjects,
  { parts, runs, long, key }: Plan,
  onPart: (part: Part) => void,
): Promise<Finding[]> {
  const checks: Record<Part, () => Promise<Finding | Finding[]>> = {
    quota: () => checkQuota(deployment.url, process.env),
    first: () => checkFirstRun(deployment, subjects),
    modes: () => checkModes(deployment, subjects),
    interrupt: () => checkInterrupt(deployment, subjects),
    requests: () => checkRequests(deployment, subjects, key),
    resume: () => checkResume(deployment, subjects),
    cancel: () => checkCancel(deployment, subjects),
    chunks: () => checkPace(deployment, subjects),
    latency: () => checkLatency(deployment, subjects, runs),
    long: () => checkLongRun(deployment, subjects, long),
  };
  const findings: Finding[] = [];
  for (const part of parts) {
    onPart(part);
    try {
      findings.push(...[await checks[part]()].flat());
    } catch (error) {
      findings.push({ check: part, outcome: "FAILED", seen: causeOf(error) });
    }
  }
  const left = await deployment.deleteThreads();
  if (left > 0)
    findings.push({ check: "cleaning up", outcome: "FAILED", seen: `${left} threads could not be deleted` });
  return findings;
}
