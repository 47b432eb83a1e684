/** Ids in paths: any UUID, turned into lower case. */
import { Uuid } from "../../protocol/json.ts";
import { HttpError } from "../server/http-error.ts";
import type { Asked } from "../server/routes.ts";

function readId(asked: Asked, name: string, what: string): string {
  const parsed = Uuid.safeParse(asked.req.param(name));
  if (!parsed.success) throw new HttpError(422, `Invalid ${what} ID: must be a UUID`);
  return parsed.data;
}

/** @throws HttpError 422 */
export const readThreadId = (asked: Asked): string => readId(asked, "thread_id", "thread");

/** @throws HttpError 422 */
export const readCronId = (asked: Asked): string => readId(asked, "cron_id", "cron");

/** @throws HttpError 422 */
export const readRunId = (asked: Asked): string => readId(asked, "run_id", "run");
