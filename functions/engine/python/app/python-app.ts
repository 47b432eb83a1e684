/** The port ProjectApp where `http.app` is Python: a child runs the ASGI app, and asks and tells by calls what ASGI calls messages. */
import type { ProjectApp } from "../../../core/app/app-port.ts";
import { ticketFor } from "../../../core/auth/caller-tickets.ts";
import type { Answer, Scope } from "../process/child.ts";
import type { Header } from "../process/frames.ts";
import type { ProjectChildren } from "../process/project-children.ts";
import { ABORT_PATIENCE } from "../timings.ts";
import { RequestBody } from "./request-body.ts";

export interface PythonAppOptions {
  /** `./path.py:symbol` or `a.module:symbol`, relative to the project's folder. */
  spec: string;
  children: Pick<ProjectChildren, "get">;
  /** ms that an app may go on when its caller has left; default ABORT_PATIENCE. */
  patienceMs?: number;
}

/** Statuses whose responses have no body. */
const WITHOUT_BODY = new Set([204, 205, 304]);
/** Marks a response of the server's own routes. Its body is not sent through the child. */
const PASSED = "x-threadline-passed";

export function createPythonApp(options: PythonAppOptions): ProjectApp["respond"] {
  const { spec, children, patienceMs = ABORT_PATIENCE } = options;
  return async (request, { user, otherwise }) => {
    const child = await children.get();
    const { pathname, search, protocol } = new URL(request.url);
    const head = Promise.withResolvers<Response>();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const gone = new AbortController();
    const body = new RequestBody(request.body, gone.signal);
    let isWhole = false;

    let passed: Response | undefined;

    const start = async (header: Header): Promise<void> => {
      const { status, headers } = header as unknown as { status: number; headers: [string, string][] };
      const isPassed = headers.some(([name]) => name === PASSED);
      const isEmpty = WITHOUT_BODY.has(status) || request.method === "HEAD";
      if (isEmpty || isPassed) void readable.cancel();
      if (isEmpty || !isPassed) await passed?.body?.cancel();
      const shown = new Headers(headers);
      shown.delete(PASSED);
      const shownBody = isPassed ? (passed?.body ?? null) : readable;
      head.resolve(new Response(isEmpty ? null : shownBody, { status, headers: shown }));
    };
    const pass = async (header: Header): Promise<Answer> => {
      passed = await otherwise(askedAgain(request, header));
      return { ok: { status: passed.status, headers: [...passed.headers] } };
    };
    const write = async ({ more }: Header, [chunk]: Buffer[]): Promise<void> => {
      if (chunk && chunk.length > 0) await writer.write(chunk).catch(() => undefined);
      if (more === true) return;
      isWhole = true;
      // What is still to be read does not hold up the app.
      writer.close().catch(() => undefined);
    };
    const answers: Record<string, (header: Header, blobs: Buffer[]) => Promise<Answer> | Answer> = {
      "app.receive": () => body.next(),
      "app.otherwise": pass,
      "app.start": async (header) => {
        await start(header);
        return { ok: { disconnected: gone.signal.aborted } };
      },
      "app.body": async (header, blobs) => {
        await write(header, blobs);
        return { ok: { disconnected: gone.signal.aborted && !isWhole } };
      },
    };
    const scope: Scope = {
      async answer(header, blobs) {
        const answer = answers[header.op ?? ""];
        if (!answer) throw new Error(`there is no call ${header.op}`);
        return answer(header, blobs);
      },
    };

    const asked = { method: request.method, path: pathname, query: search.slice(1), scheme: protocol.slice(0, -1) };
    const caller = user && ticketFor(user);
    const known = caller && { user, caller: caller.ticket };
    const call = child.call("respond", { spec, ...asked, ...known, headers: [...request.headers] }, scope);
    const leave = (): void => {
      if (gone.signal.aborted) return;
      gone.abort();
      writer.abort(new Error("the caller has left")).catch(() => undefined);
      // An app that does not listen to a disconnect, and would go on for ever.
      const timer = setTimeout(() => call.notify("abort"), patienceMs);
      const stop = (): void => clearTimeout(timer);
      call.answer.then(stop, stop);
    };
    writer.closed.catch(leave);
    request.signal.addEventListener("abort", leave);
    if (request.signal.aborted) leave();
    const over = async (): Promise<void> => {
      try {
        await call.answer;
        if (!isWhole) throw new Error("the app has ended before its response");
      } catch (error) {
        head.reject(error);
        if (!isWhole) await writer.abort(error);
      } finally {
        caller?.withdraw();
        request.signal.removeEventListener("abort", leave);
      }
    };
    over().catch(() => undefined);
    return head.promise;
  };
}

/** As the app's middleware has left it; without its body, which the app may have read. */
function askedAgain(request: Request, header: Header): Request {
  const { method, path, headers } = header as unknown as { method: string; path: string; headers: [string, string][] };
  const url = new URL(request.url);
  url.pathname = path;
  return new Request(url, { method, headers });
}
