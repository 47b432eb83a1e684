/**
 * The rules of the protocol (design 4 and 5), each with what shows that it is needed: taken out of the real code from outside, some seed fails;
 * or a test that fails without it. Published by `npm run sim -- --rules`.
 */
import * as ports from "./port-switches.ts";
import * as requests from "./request-switches.ts";
import { combine, type Switches } from "./switches.ts";

export interface Rule {
  sentence: string;
  /** Takes the rule out; absent where no wrapper can. */
  off?: Switches;
  /** The first seed that fails without it. */
  seed?: number;
  /** File and title of the test that fails without it. */
  test?: string;
}

export const RULES: Record<string, Rule> = {
  tailReadBeforeOwnership: {
    sentence: "A worker reads the log tail before it checks that the run is its own, never after.",
    off: ports.tailReadBeforeOwnership,
  },
  tailIsMaxOfRowAndLog: {
    sentence: "The tail is the greater of the thread row's and the last slot found, because slots expire.",
    off: ports.tailIsMaxOfRowAndLog,
  },
  firstAppendAtLogStart: {
    sentence:
      "The claimant of attempt 1 appends first right after log_start, by the run row, never at a tail it reads.",
    off: ports.firstAppendAtLogStart,
  },
  claimRecordsOpening: {
    sentence:
      "The claim writes on the row how the log is opened, so a claim recognised after a lost answer opens the same way.",
    off: requests.claimRecordsOpening,
  },
  retrySameBytes: {
    sentence: "A put that is repeated carries the same bytes; new events go into a later slot.",
    off: ports.retrySameBytes,
  },
  foreignRecordVoidsParts: {
    sentence: "Parts mean nothing unless the slot that ends them says that they are its own.",
    off: ports.foreignRecordVoidsParts,
  },
  claimWritesNonce: {
    sentence: "The claim writes an owner nonce, so a lost answer is recognised as success.",
    off: requests.claimWritesNonce,
  },
  conditionsByOwner: {
    sentence: "Heartbeat, hand-over and finish are conditional on the owner nonce of this claim.",
    off: requests.conditionsByOwner,
  },
  heartbeatRetries: {
    sentence: "A heartbeat with an unclear answer is repeated after a second, not at the next beat.",
    off: ports.heartbeatRetries,
  },
  promoteInFinish: {
    sentence: "The finish transaction itself makes the next run active.",
    off: requests.promoteInFinish,
  },
  createOnThreadRevision: {
    sentence: "Create is conditional on the thread revision it decided by.",
    off: requests.createOnThreadRevision,
  },
  queueListOnThread: {
    sentence: "The order of waiting runs is a list on the thread row, not that of their ids.",
    off: ports.queueListOnThread,
  },
  finishConditionalOnCancel: {
    sentence: "Finish is conditional on the cancel intent that was acted on.",
    off: requests.finishConditionalOnCancel,
  },
  endOnlyAfterClaim: {
    sentence: "Clock, cancel and delete end a run only after claiming it.",
    off: ports.endOnlyAfterClaim,
  },
  endOnlyTheRowDecidedBy: {
    sentence: "The clock claims for the end only the row that it decided by.",
    test: "test/core/end-run.test.ts: ends only the row that it was decided by",
  },
  queuedCancelWritesNoSlot: {
    sentence: "Cancelling a waiting run writes nothing to the log.",
    off: ports.queuedCancelWritesNoSlot,
  },
  eventsBeforeCheckpoint: {
    sentence: "The events of a superstep are in the log before its checkpoint head is written.",
    off: { unguarded: true },
  },
  closedEpochsHideHeads: {
    sentence: "Heads of a closed claim after the head that the next one loaded do not exist for readers.",
    off: requests.closedEpochsHideHeads,
  },
  pendingWritesPerClaim: {
    sentence: "The pending writes of a task are kept per claim, never mixed.",
    off: requests.pendingWritesPerClaim,
  },
  deleteLeavesTombstone: {
    sentence: "Delete keeps the thread row with tail, revision and generation.",
    off: requests.deleteLeavesTombstone,
  },
  limitCountsFruitlessClaims: {
    sentence: "The fourth claim in a row that finds no new checkpoint ends the run.",
    off: ports.limitCountsFruitlessClaims,
  },
  giveUpReadsHeadsAgain: {
    sentence: "Before it gives a run up the claimant reads the checkpoint heads again, after its claim.",
    off: ports.giveUpReadsHeadsAgain,
  },
  clockEndsFruitless: {
    sentence: "A run whose claims exceeded the limit and that nobody holds is ended by the clock.",
    off: ports.clockEndsFruitless,
  },
  nudgesThrottled: {
    sentence: "A nudge is a conditional update in a throttled rhythm; only its winner sends.",
    off: ports.nudgesThrottled,
  },
  clockGivesUp: {
    sentence: "The clock ends a run that nobody has claimed for the start time-out.",
    off: ports.clockGivesUp,
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
