/** The port of run permits: records of which runs a caller has. Nobody gives one back for a run that ends, so nobody can forget to. */
import type { RunRef } from "../run/run-row.ts";

export interface HeldPermit {
  number: number;
  run: RunRef;
  /** ms since 1970. */
  taken_at: number;
}

export interface NewPermit extends HeldPermit {
  /** A name derived from the caller, never a key itself. */
  holder: string;
  /** The permit that it takes the place of, as it was read. Without it, nobody may have the number. */
  over?: HeldPermit;
}

export interface RunPermits {
  of(holder: string): Promise<HeldPermit[]>;
  /** `lost`: somebody else has taken the number since it was read. */
  take(permit: NewPermit): Promise<"taken" | "lost">;
  /** For a run that was never made. Never rejects: if this fails, the permit is free after a while, as that of no run. */
  giveBack(permit: NewPermit): Promise<void>;
}

/** What a create asks. */
export interface RunLimit {
  /** Runs of one caller at once. */
  most: number;
  /** @returns undefined if the caller has as many runs as it may */
  take(holder: string, run: RunRef): Promise<RunPermit | undefined>;
}

export interface RunPermit {
  /** For a run that was not made after all. Never rejects. */
  giveBack(): Promise<void>;
}
