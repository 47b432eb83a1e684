/**
 * The deployment under test, called over HTTP like every client. It remembers the threads that it creates, to delete them. The key is
 * never printed.
 */
import { EventStream } from "./event-stream.ts";

export type Json = Record<string, unknown>;

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed, or the text where it is no JSON. */
  body: unknown;
}

export interface RunRequest {
  assistant_id: string;
  input?: unknown;
  command?: Json;
  config?: Json;
  stream_mode?: string | string[];
  stream_subgraphs?: boolean;
}

export class Deployment {
  readonly url: string;
  readonly #key: string | undefined;
  readonly #threads: string[] = [];

  constructor(url: string, key: string | undefined) {
    this.url = url.replace(/\/+$/, "");
    this.#key = key;
  }

  /** @param key another key than the deployment's; null = none */
  async ask(method: string, path: string, body?: unknown, key?: string | null): Promise<Answer> {
    const response = await this.#fetch(method, path, { body, key });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(text) };
  }

  /** @throws if the answer is not 2xx */
  async must(method: string, path: string, body?: unknown): Promise<Json> {
    const { status, body: answer } = await this.ask(method, path, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${brief(answer)}`);
    return isObject(answer) ? answer : {};
  }

  async createThread(): Promise<string> {
    const { thread_id } = await this.must("POST", "/threads", {});
    if (typeof thread_id !== "string") throw new Error("POST /threads gave no thread_id.");
    this.#threads.push(thread_id);
    return thread_id;
  }

  /** Starts a run and opens its stream; on a new thread unless one is named, stateless for null. */
  async stream(run: RunRequest, thread?: string | null): Promise<EventStream> {
    const thread_id = thread === undefined ? await this.createThread() : thread;
    const path = thread_id === null ? "/runs/stream" : `/threads/${thread_id}/runs/stream`;
    return this.#open("POST", path, { body: run });
  }

  /** @param cursor Last-Event-ID */
  join(path: string, cursor?: string): Promise<EventStream> {
    return this.#open("GET", path, { cursor });
  }

  /** @returns how many threads could not be deleted */
  async deleteThreads(): Promise<number> {
    let left = 0;
    for (const thread of this.#threads.splice(0)) {
      const { status } = await this.ask("DELETE", `/threads/${thread}`).catch(() => ({ status: 0 }));
      if (status !== 204 && status !== 200 && status !== 404) left++;
    }
    return left;
  }

  /** @throws if the answer is no 200, for then it is no event stream */
  async #open(method: string, path: string, sent: Sent): Promise<EventStream> {
    const leave = new AbortController();
    const since = performance.now();
    const response = await this.#fetch(method, path, { ...sent, signal: leave.signal });
    if (response.status === 200) return new EventStream(response, since, leave);
    throw new Error(`${method} ${path}: ${response.status} ${brief(parsed(await response.text()))}`);
  }

  #fetch(method: string, path: string, { body, cursor, key, signal }: Sent): Promise<Response> {
    const shown = key === undefined ? this.#key : (key ?? undefined);
    return fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(shown === undefined ? {} : { "x-api-key": shown }),
        ...(cursor === undefined ? {} : { "last-event-id": cursor }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  }
}

interface Sent {
  body?: unknown;
  cursor?: string | undefined;
  key?: string | null | undefined;
  signal?: AbortSignal;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON as a value, other text as it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const brief = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body)).slice(0, 200);
