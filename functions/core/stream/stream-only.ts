/** Events of the log that the streams of runs do not show. */
import type { LogEvent } from "../log/slot.ts";

const PREFIX = "protocol/";

/**
 * `answered`: the ids that a run answers. `refused`: why it may not. `paused`: it waits for a person. `python`: it runs on LangGraph for
 * Python, and its messages follow. `sent`: what a run that is handed over has sent, for its next claim. The others are followed by a
 * namespace; `custom`: what a stream transformer tells in its own channel.
 */
export const STREAM_ONLY = {
  answered: `${PREFIX}answered`,
  paused: `${PREFIX}paused`,
  refused: `${PREFIX}refused`,
  python: `${PREFIX}python`,
  sent: `${PREFIX}sent`,
  checkpoints: `${PREFIX}checkpoints`,
  messages: `${PREFIX}messages`,
  custom: `${PREFIX}custom`,
} as const;

/** Readers of runs, and of threads by their runs, do not see it. */
export const isStreamOnly = ({ event }: Pick<LogEvent, "event">): boolean => event.startsWith(PREFIX);
