/**
 * The rules of the protocol (design 3 and 4), each with what shows that it is needed: taken out of the real code from outside, some seed
 * fails; or a test that fails without it. Published by `npm run sim -- --rules`.
 */
import type { Explorer } from "./explore.ts";
import { CALM, type Faults } from "./faults.ts";
import * as ports from "./port-switches.ts";
import type { Outcome } from "./simulate.ts";
import * as requests from "./request-switches.ts";
import { combine, type Switches } from "./switches.ts";

export interface Rule {
  sentence: string;
  /** Takes the rule out; absent where no wrapper can. */
  off?: Switches;
  /** The seed that last showed what happens without the rule. It is tried first. */
  seed?: number;
  /** Faults that make what it guards against frequent, so that few seeds show it. */
  plan?: Partial<Faults>;
  /** File and title of the test that fails without it. */
  test?: string;
}

/** Checkpoints and writes that arrive after their worker's death, and little else that happens to it. */
const ORPHANS: Partial<Faults> = { ...CALM, orphaned: 0.1, poison: 0, broken: false, readers: false };

export const RULES: Record<string, Rule> = {
  tailReadBeforeOwnership: {
    sentence: "A worker reads the log tail before it checks that the run is its own, never after.",
    off: ports.tailReadBeforeOwnership,
    seed: 54,
  },
  tailIsMaxOfRowAndLog: {
    sentence: "The tail is the greater of the thread row's and the last slot found, because slots expire.",
    off: ports.tailIsMaxOfRowAndLog,
    seed: 13,
  },
  firstAppendAtLogStart: {
    sentence:
      "The claimant of attempt 1 appends first right after log_start, by the run row, never at a tail it reads.",
    off: ports.firstAppendAtLogStart,
    seed: 6,
  },
  claimRecordsOpening: {
    sentence:
      "The claim writes on the row how the log is opened, so a claim recognised after a lost answer opens the same way.",
    off: ports.claimRecordsOpening,
    seed: 5,
    plan: { lost: 0.25, handover: 1 },
  },
  retrySameBytes: {
    sentence: "A put that is repeated carries the same bytes; new events go into a later slot.",
    off: ports.retrySameBytes,
    seed: 3,
    plan: { lost: 0.3, fail: 0.3 },
  },
  foreignRecordVoidsParts: {
    sentence: "Parts mean nothing unless the slot that ends them says that they are its own.",
    off: ports.foreignRecordVoidsParts,
    seed: 29,
    plan: { large: 0.3, crash: 0.02, readers: true, broken: false },
  },
  claimWritesNonce: {
    sentence: "The claim writes an owner nonce, so a lost answer is recognised as success.",
    off: ports.claimWritesNonce,
    seed: 76,
    plan: { lost: 0.3 },
  },
  conditionsByOwner: {
    sentence: "Heartbeat, hand-over and finish are conditional on the owner nonce of this claim.",
    off: requests.conditionsByOwner,
    seed: 14,
  },
  heartbeatRetries: {
    sentence: "A heartbeat with an unclear answer is repeated after a second, not at the next beat.",
    off: ports.heartbeatRetries,
    seed: 53,
    plan: { throttle: 0.7, fail: 0, late: 0, crash: 0, freeze: 0, broken: false, skew: false, readers: true },
  },
  promoteInFinish: {
    sentence: "The finish transaction itself makes the next run active.",
    off: requests.promoteInFinish,
    seed: 1,
  },
  createOnThreadRevision: {
    sentence: "Create is conditional on the thread revision it decided by.",
    off: requests.createOnThreadRevision,
    seed: 1,
    plan: { slow: 0.3 },
  },
  queueListOnThread: {
    sentence: "The order of waiting runs is a list on the thread row, not that of their ids.",
    off: ports.queueListOnThread,
    seed: 35,
  },
  finishConditionalOnCancel: {
    sentence: "Finish is conditional on the cancel intent that was acted on.",
    off: requests.finishConditionalOnCancel,
    seed: 10,
    plan: { atTheEnd: 1 },
  },
  endOnlyAfterClaim: {
    sentence: "Sweeper, cancel and delete end a run only after claiming it.",
    off: ports.endOnlyAfterClaim,
    seed: 1,
  },
  endFencesFirst: {
    sentence: "Whoever ends a run that a worker had claimed fences the log before it closes the run's claims.",
    test: "test/core/recover-runs.test.ts: fences the worker that it takes for dead before its claims are closed, though the end itself fails",
  },
  endOnlyTheRowDecidedBy: {
    sentence: "The sweeper claims for the end only the row that it decided by.",
    test: "test/core/recover-runs.test.ts: ends only the row that it was decided by",
  },
  steadyClockJudgesLeases: {
    sentence: "Right after its wall clock has stepped, a process takes no lease for over.",
    off: ports.steadyClockJudgesLeases,
    seed: 49,
    plan: { steps: 3, crash: 0, freeze: 0, slowFirst: 0, broken: false, skew: false, readers: true },
  },
  queuedCancelWritesNoSlot: {
    sentence: "Cancelling a waiting run writes nothing to the log.",
    off: ports.queuedCancelWritesNoSlot,
    seed: 5,
  },
  eventsBeforeCheckpoint: {
    sentence: "The events of a superstep are in the log before its checkpoint head is written.",
    off: { unguarded: true },
    seed: 4,
  },
  writesBeforeAnnouncement: {
    sentence: "What tells that a task is done is in the log only after the task's writes are stored.",
    off: { hasty: true },
    seed: 25,
  },
  closedEpochsHideHeads: {
    sentence: "Heads of a closed claim after the head that the next one loaded do not exist for readers.",
    off: requests.closedEpochsHideHeads,
    seed: 2,
    plan: { ...ORPHANS, remove: false, temporary: false },
  },
  sealedClaimsHideWrites: {
    sentence:
      "Pending writes that a claim stores after it was closed do not exist, nor can it change those that were there.",
    off: requests.sealedClaimsHideWrites,
    seed: 189,
    plan: { ...ORPHANS, cancel: false, strategies: false },
  },
  pendingWritesPerClaim: {
    sentence: "The pending writes of a task are kept per claim, never mixed.",
    off: requests.pendingWritesPerClaim,
    seed: 21,
    plan: { ...ORPHANS, cancel: false, strategies: false, pause: 0 },
  },
  deleteLeavesTombstone: {
    sentence: "Delete keeps the thread row with tail, revision and generation.",
    off: requests.deleteLeavesTombstone,
    seed: 3,
    plan: { remove: true, temporary: false, broken: false, poison: 0 },
  },
  deletedRunIsClosed: {
    sentence: "A run is deleted by one transaction that also closes its claims before any head.",
    off: requests.deletedRunIsClosed,
    plan: { deletes: 3, crash: 0.02, temporary: false, broken: false, poison: 0 },
  },
  limitCountsNoProgressClaims: {
    sentence: "The fourth claim in a row that finds no new checkpoint ends the run.",
    off: ports.limitCountsNoProgressClaims,
    seed: 17,
  },
  giveUpReadsHeadsAgain: {
    sentence: "Before it gives a run up the claimant reads the checkpoint heads again, after its claim.",
    test: "test/core/recover-runs.test.ts: looks at the checkpoints again, after its claim, and runs if there is a new one",
  },
  sweeperEndsNoProgress: {
    sentence: "A run whose claims exceeded the limit and that nobody holds is ended by the sweeper.",
    off: ports.sweeperEndsNoProgress,
    seed: 17,
  },
  everyEndIsWritable: {
    sentence: "An end that the table never takes is replaced by an error that it takes.",
    off: ports.everyEndIsWritable,
    seed: 13,
    plan: { beyond: 0.5 },
  },
  redrivesThrottled: {
    sentence: "A redrive is a conditional update in a throttled rhythm; only its winner sends.",
    off: ports.redrivesThrottled,
    seed: 4,
    plan: { drop: 0.9, readers: true },
  },
  sweeperGivesUp: {
    sentence: "The sweeper ends a run that nobody has claimed for the start time-out.",
    off: ports.sweeperGivesUp,
    seed: 7,
  },
};

/** @throws Error for a name that is no rule, or one that only a test can take out */
export function switchesFor(without: readonly string[]): Switches {
  return combine(
    without.map((name) => {
      const off = RULES[name]?.off;
      if (!off) throw new Error(`${name} is not a rule that can be switched off`);
      return off;
    }),
  );
}

/** What shows that the rule is needed, in words. */
export async function proofOf(
  explorer: Explorer,
  name: string,
  seeds: readonly number[],
): Promise<{ shown: string; isProven: boolean }> {
  const rule = RULES[name];
  if (!rule?.off) return { shown: rule?.test ?? "nothing", isProven: rule?.test !== undefined };
  const { plan = {} } = rule;
  const shownBy = rule.seed === undefined ? undefined : await firstFailing(explorer, name, [rule.seed]);
  const first = shownBy ?? (await firstFailing(explorer, name, seeds));
  const [violation] = first?.violations ?? [];
  if (!first || !violation) return { shown: `no violation in ${seeds.length} seeds`, isProven: false };
  const faults = rule.plan ? ` with ${JSON.stringify(plan)}` : "";
  return { shown: `seed ${first.seed}${faults}: ${violation.invariant} ${violation.text}`, isProven: true };
}

/** A seed that fails without the rule, and only without it. */
async function firstFailing(explorer: Explorer, name: string, seeds: readonly number[]): Promise<Outcome | undefined> {
  const plan = RULES[name]?.plan ?? {};
  for (let at = 0; at < seeds.length;) {
    const [failed] = await explorer.explore({ seeds: seeds.slice(at), without: [name], plan, untilFailed: true });
    if (!failed) return undefined;
    const [anyway] = await explorer.explore({ seeds: [failed.seed], plan });
    if (!anyway) return failed;
    at = seeds.indexOf(failed.seed) + 1;
  }
  return undefined;
}
