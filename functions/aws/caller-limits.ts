/** What one caller may have open and at work at once, as the settings name it. */
import { z } from "zod";
import { STREAMS_OF_A_KEY } from "../protocol/client-key.ts";

/** Runs of one caller: a create reads as many permits. */
const MOST_RUNS = 1_000;

const count = (what: string, most: number) =>
  z
    .string()
    .refine((text) => /^[1-9]\d*$/.test(text) && Number(text) <= most, {
      error: ({ input }) => `${String(input)} is not a whole number of ${what} above 0, at most ${most}.`,
    })
    .transform(Number)
    .optional();

/** Unset = any number. */
export const CALLER_LIMITS = {
  THREADLINE_STREAMS_PER_KEY: count("streams", STREAMS_OF_A_KEY),
  THREADLINE_RUNS_PER_KEY: count("runs", MOST_RUNS),
};

export interface CallerLimits {
  /** Answers that one key or user may hold open. */
  streamsPerKey: number | undefined;
  /** Runs of one key or user that wait and are at work. */
  runsPerKey: number | undefined;
}

type Values = { readonly [Name in keyof typeof CALLER_LIMITS]?: number | undefined };

export const callerLimitsOf = (values: Values): CallerLimits => ({
  streamsPerKey: values.THREADLINE_STREAMS_PER_KEY,
  runsPerKey: values.THREADLINE_RUNS_PER_KEY,
});
