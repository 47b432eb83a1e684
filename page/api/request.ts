/** Calls of the server's public API, with the key. The only file that fetches JSON; streams are in `follow-thread.ts`. */
import { signal } from "@preact/signals";
import { LONGEST_PAUSE } from "../timings.ts";
import { noteServerTime } from "./server-clock.ts";

const STORED = "threadline-key";

export interface Key {
  text: string;
}

/** Of this tab alone: it goes when the tab is closed. Each time that somebody gives one it is another object, if the text is the same, too. */
export const key = signal<Key>({ text: sessionStorage.getItem(STORED) ?? "" });
/** The server wants another key. */
export const locked = signal(false);

export function useKey(text: string): void {
  sessionStorage.setItem(STORED, text);
  key.value = { text };
  locked.value = false;
}

/** What a header can carry. `fetch` refuses all else, as if the server did not answer. */
export const isKeyText = (text: string): boolean => /^[\x20-\x7e]+$/.test(text);

/** A server behind a path of its own has its API beside the page. */
const BASE = new URL(".", location.href);
export const urlOf = (path: string): URL => new URL(path.replace(/^\//, ""), BASE);

/** A path of the API, in which ids are encoded. */
export const pathOf = (parts: TemplateStringsArray, ...ids: string[]): string =>
  String.raw({ raw: parts }, ...ids.map((id) => encodeURIComponent(id)));

export function headersOf({ text }: Key): Record<string, string> {
  return isKeyText(text) ? { "x-api-key": text } : {};
}

/** What the server answered: its status, and its `detail`. Status 0: it did not answer. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  /** ms after which the server wants to be asked again, if it has said so. */
  readonly retryAfter: number | undefined;

  constructor(status: number, detail: string, retryAfter?: number) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Another try may be answered. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @param route method and path, of `pathOf` if there are ids in it @throws ApiError */
export async function ask<T>(route: string, body?: object, leave?: AbortSignal): Promise<T> {
  const [method = "GET", path = ""] = route.split(" ");
  const asked = key.value;
  const headers = { ...headersOf(asked), ...(body && { "content-type": "application/json" }) };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }), ...(leave && { signal: leave }) };
  const response = await fetch(urlOf(path), init).catch((error: unknown) => {
    throw leave?.aborted ? error : new ApiError(0, "The server does not answer.");
  });
  noteServerTime(response);
  if (!response.ok) throw await errorOf(response, asked);
  return (response.status === 202 || response.status === 204 ? undefined : await response.json()) as T;
}

/** A refused key is told to the page, too, unless another one was given meanwhile. @param asked the key that the request had */
export async function errorOf(response: Response, asked: Key): Promise<ApiError> {
  const { status, headers } = response;
  if (status === 401 && key.peek() === asked) locked.value = true;
  const { detail } = (await response.json().catch(() => ({}))) as { detail?: unknown };
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const retryAfter = seconds > 0 ? Math.min(seconds * 1_000, LONGEST_PAUSE) : undefined;
  return new ApiError(status, typeof detail === "string" && detail ? detail : sentenceOf(status), retryAfter);
}

/** For an answer that says nothing itself: what is in front of a server answers so. */
function sentenceOf(status: number): string {
  if (status === 429) return "The server has too much to do at the moment (429).";
  if (status >= 500) return `The server cannot answer at the moment (${status}).`;
  return `The server refuses this (${status}).`;
}
