/** The two endpoints of the thread-centric protocol by plain requests: what tests need beside the SDKs. Must not assert. */
import { framesOf } from "../support/sse.ts";

export interface Told {
  type: string;
  event_id: string;
  seq: number;
  method: string;
  params: { namespace: string[]; timestamp: number; node?: string; data: Record<string, unknown> };
}

interface Frame {
  type: "success" | "error";
  error?: string;
  result: Record<string, unknown> & { run_id: string };
  meta: { applied_through_seq: number };
}

const JSON_TYPE = { "content-type": "application/json" };

/** @param url called for each use: the server starts before the tests run */
export function asProtocol(url: () => string) {
  const refused = async (
    thread_id: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; frame: Frame }> => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const init = { method: "POST", headers: { ...JSON_TYPE, ...headers }, body: text };
    const response = await fetch(`${url()}/threads/${thread_id}/commands`, init);
    return { status: response.status, frame: (await response.json()) as Frame };
  };

  /** @returns the result of a command that succeeds */
  const command = async (thread_id: string, method: string, params: object): Promise<Frame["result"]> => {
    const { frame } = await refused(thread_id, { id: 1, method, params });
    if (frame.type !== "success") throw new Error(JSON.stringify(frame));
    return frame.result;
  };

  const read = (thread_id: string, body: object, headers: Record<string, string> = {}) => {
    const leave = new AbortController();
    const asked = fetch(`${url()}/threads/${thread_id}/stream/events`, {
      method: "POST",
      headers: { ...JSON_TYPE, ...headers },
      body: JSON.stringify(body),
      signal: leave.signal,
    }).then((response) => {
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      if (!reader) throw new Error("no body");
      return { status: response.status, reader };
    });
    let text = "";
    const opened = asked.then(async ({ status, reader }) => {
      text = (await reader.read()).value ?? "";
      return { status, first: text.slice(0, text.indexOf("\n") + 1) };
    });
    const until = async (isEnd: (event: Told) => boolean): Promise<Told[]> => {
      await opened;
      const { reader } = await asked;
      for (;;) {
        const whole = text.slice(0, text.lastIndexOf("\n\n") + 2);
        const told = framesOf(whole).map(({ data }) => JSON.parse(data) as Told);
        const end = told.findIndex(isEnd);
        if (end >= 0) {
          leave.abort();
          return told.slice(0, end + 1);
        }
        const { value, done } = await reader.read();
        if (done) throw new Error("the stream has ended");
        text += value;
      }
    };
    const isEndOf = (run: string) => {
      const end = new RegExp(`^synth:${run}:lc\\|\\|(completed|failed|interrupted)$`);
      return ({ event_id }: Told): boolean => end.test(event_id);
    };
    /** Events up to the end of the run. */
    const untilEnd = (run_id: string): Promise<Told[]> => until(isEndOf(run_id));
    /** Events up to the first end of a run. */
    const untilNextEnd = (): Promise<Told[]> => until(isEndOf("[^:]+"));
    return { opened, until, untilEnd, untilNextEnd, leave: () => leave.abort() };
  };

  return { command, refused, read };
}
