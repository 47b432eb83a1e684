/** The code of each outcome of a message that is no task. Exhaustive by type. */
import type { SendResult } from "../../core/a2a/send-message.ts";
import { A2A } from "../../protocol/a2a.ts";
import { RPC } from "../../protocol/json-rpc.ts";

type Unsent = Exclude<SendResult, { kind: "sent" }>["kind"];

const CODES: Record<Unsent, number> = {
  task_not_found: A2A.taskNotFound,
  not_waiting: A2A.unsupportedOperation,
  no_content: A2A.contentTypeNotSupported,
  no_messages: RPC.invalidParams,
  bad_answer: RPC.invalidParams,
  invalid: RPC.invalidParams,
  assistant_not_found: RPC.invalidParams,
  thread_not_found: RPC.invalidParams,
  checkpoint_not_found: RPC.invalidParams,
  nothing_to_resume: RPC.invalidParams,
  key_reused: RPC.invalidRequest,
  busy: RPC.internalError,
  too_many_runs: RPC.internalError,
  queue_full: RPC.internalError,
  contended: RPC.internalError,
  outdated: RPC.internalError,
};

export const codeOf = (kind: Unsent): number => CODES[kind];
