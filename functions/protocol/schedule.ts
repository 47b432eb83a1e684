/** When a cron is due: croner reads its schedule, in the time zone's own hours. */
import { Cron } from "croner";

export interface Schedule {
  /** Five fields, or six with seconds first; or a name such as `@daily`. */
  schedule: string;
  /** IANA name; null = UTC. */
  timezone: string | null;
}

/** Fields of a schedule; croner would also take one for years. */
const FIELDS = /^(@[a-z]+|\S+(\s+\S+){4,5})$/;

/** What is wrong with it, undefined if nothing is. `now` in ms. */
export function scheduleProblem({ schedule, timezone }: Schedule, now: number): string | undefined {
  if (timezone !== null && !isZone(timezone)) return `timezone: "${timezone}" is no IANA time zone`;
  if (!FIELDS.test(schedule.trim())) return `schedule: "${schedule}" has not five fields, or six with seconds`;
  try {
    return nextTime({ schedule, timezone }, now) === null ? `schedule: "${schedule}" is never due` : undefined;
  } catch (error) {
    return `schedule: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * The first time after `from` (both ms since 1970), null if there is none. An hour that a zone leaves out is due at the moment it is left
 * out, one that it has twice is due once.
 */
export function nextTime({ schedule, timezone }: Schedule, from: number): number | null {
  const cron = new Cron(schedule.trim(), { timezone: timezone ?? "UTC", paused: true });
  return cron.nextRun(new Date(from))?.getTime() ?? null;
}

function isZone(timezone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: timezone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
