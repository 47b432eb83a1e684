/** Calls of the server's public API, with the key. The only file that fetches JSON; streams are in `follow-thread.ts`. */
import { signal } from "@preact/signals";

const STORED = "threadline-key";

/** Of this tab alone: it goes when the tab is closed. */
export const key = signal(sessionStorage.getItem(STORED) ?? "");
/** The server wants another key. */
export const locked = signal(false);

export function useKey(text: string): void {
  sessionStorage.setItem(STORED, text);
  key.value = text;
  locked.value = false;
}

/** A server behind a path of its own has its API beside the page. */
const BASE = new URL(".", location.href);
export const urlOf = (path: string): URL => new URL(path.replace(/^\//, ""), BASE);

export const headersOf = (): Record<string, string> => (key.value ? { "x-api-key": key.value } : {});

/** What the server answered: its status, and its `detail`. Status 0: it did not answer. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @throws ApiError */
export async function ask<T>(route: string, body?: object, leave?: AbortSignal): Promise<T> {
  const [method = "GET", path = ""] = route.split(" ");
  const headers = { ...headersOf(), ...(body && { "content-type": "application/json" }) };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }), ...(leave && { signal: leave }) };
  const response = await fetch(urlOf(path), init).catch((error: unknown) => {
    throw leave?.aborted ? error : new ApiError(0, "The server does not answer.");
  });
  if (!response.ok) throw await errorOf(response);
  return (response.status === 202 || response.status === 204 ? undefined : await response.json()) as T;
}

/** A refused key is told to the page, too. */
export async function errorOf(response: Response): Promise<ApiError> {
  if (response.status === 401) locked.value = true;
  const { detail } = (await response.json().catch(() => ({}))) as { detail?: unknown };
  return new ApiError(response.status, typeof detail === "string" ? detail : `Status ${response.status}`);
}
