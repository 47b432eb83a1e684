/**
 * How many runs one caller may have waiting and at work: each takes one of the caller's permits, which is free again once its run has
 * ended. That is read from the run's own row, so a crash, a deletion or a cancel leaves no permit behind.
 */
import { createHash } from "node:crypto";
import type { HeldPermit, NewPermit, RunLimit, RunPermits } from "../../concurrency/run-permits.ts";
import type { Clock } from "../../ports.ts";
import type { Runs } from "../run-ports.ts";
import { isFinal } from "../run-row.ts";
import { PERMIT_WITHOUT_RUN, PERMITS_LOOKED_AT } from "../timings.ts";
import type { RunRequest } from "./new-run.ts";

/** A user of custom auth or of a token, else the name of a key. Keys without a name are one caller: they are one key that is changed. */
export function holderOf({ user, key_name }: Pick<RunRequest, "user" | "key_name">): string {
  if (user) return `user:${createHash("sha256").update(user.identity).digest("base64url")}`;
  return key_name === undefined ? "all" : `name:${key_name}`;
}

interface Dependencies {
  permits: RunPermits;
  /** Of all callers. */
  runs: Pick<Runs, "get">;
  clock: Pick<Clock, "now" | "jitter">;
}

export function createRunLimit({ permits, runs, clock }: Dependencies, most: number): RunLimit {
  const isFree = async ({ run, taken_at }: HeldPermit): Promise<boolean> => {
    const row = await runs.get(run);
    return row ? isFinal(row) : Math.abs(clock.now() - taken_at) > PERMIT_WITHOUT_RUN;
  };
  const pick = <T>(some: readonly T[]): T | undefined => some[Math.floor(clock.jitter() * some.length)];
  /** Of those whose run has ended. */
  const findFree = async (held: readonly HeldPermit[]): Promise<HeldPermit | undefined> => {
    for (let from = 0; from < held.length; from += PERMITS_LOOKED_AT) {
      const some = held.slice(from, from + PERMITS_LOOKED_AT);
      const free = await Promise.all(some.map(isFree));
      const found = pick(some.filter((_, at) => free[at]));
      if (found) return found;
    }
    return undefined;
  };

  return {
    most,
    async take(holder, run) {
      // A permit lost to another process is that of a new run, so each round has fewer to choose from.
      for (;;) {
        const held = (await permits.of(holder)).filter(({ number }) => number < most);
        const numbers = new Set(held.map(({ number }) => number));
        const unused = pick(
          Array.from({ length: most }, (_, number) => number).filter((number) => !numbers.has(number)),
        );
        // The oldest first: they are the likeliest to have ended.
        const over =
          unused === undefined ? await findFree(held.toSorted((a, b) => a.taken_at - b.taken_at)) : undefined;
        const number = unused ?? over?.number;
        if (number === undefined) return undefined;
        const permit: NewPermit = { holder, number, run, taken_at: clock.now(), ...(over && { over }) };
        if ((await permits.take(permit)) === "taken") return { giveBack: () => permits.giveBack(permit) };
      }
    },
  };
}
