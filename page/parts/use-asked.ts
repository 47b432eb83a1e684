/** What a component asks the server for. Asked again for another subject, another version and another key, and while the server is away. */
import { useEffect, useState } from "preact/hooks";
import { ApiError, key, messageOf } from "../api/request.ts";
import { ASKED_AGAIN_AFTER } from "../timings.ts";

export interface Asked<T> {
  /** Of this subject, perhaps of an earlier version. */
  value: T | undefined;
  problem: string;
}

/** @param subject what is asked about; undefined = nothing yet @param version goes up when the answer may be another */
export function useAsked<T>(subject: string | undefined, version: number, read: () => Promise<T>): Asked<T> {
  const [answer, setAnswer] = useState<Asked<T> & { of: string | undefined }>();
  const [tries, setTries] = useState(0);
  const given = key.value;
  useEffect(() => {
    if (subject === undefined) return undefined;
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    read().then(
      (value) => left || setAnswer({ of: subject, value, problem: "" }),
      (error: unknown) => {
        if (left) return;
        setAnswer((before) => ({
          of: subject,
          value: before?.of === subject ? before.value : undefined,
          problem: messageOf(error),
        }));
        if (!(error instanceof ApiError && error.isPassing)) return;
        timer = setTimeout(() => setTries(tries + 1), error.retryAfter ?? ASKED_AGAIN_AFTER);
      },
    );
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [subject, version, given, tries]);
  return answer?.of === subject && answer ? answer : { value: undefined, problem: "" };
}
