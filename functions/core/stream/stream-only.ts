/** Events of the log that the streams of runs do not show. */
import type { LogEvent } from "../log/slot.ts";

const PREFIX = "protocol/";

/**
 * `python`: it runs on LangGraph for Python. `sent`: what a run that is handed over has sent, for its next claim. `custom`: what a stream
 * transformer tells in a channel of its own. The last three are followed by a namespace.
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
