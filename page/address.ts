/** Where the page is, in its address: `#/threads/<id>?run=<id>&pane=<name>`. So a reload and a shared link show the same. */
import { computed, signal } from "@preact/signals";
import { useKey } from "./api/request.ts";

export const PANES = ["timeline", "stream", "state", "history", "graph", "cost"] as const;
export type Pane = (typeof PANES)[number];

export interface Address {
  /** A UUID. */
  thread: string | undefined;
  /** What stands where the id of a thread should, and is none: it is shown, and nothing is asked for it. */
  noThread: string | undefined;
  /** Undefined = the newest. */
  run: string | undefined;
  pane: Pane;
  /** The form of a new run is open. */
  isNew: boolean;
}

const hash = signal(location.hash);
addEventListener("hashchange", () => (hash.value = location.hash));

/** A key in the address (`#key=…`) is taken out of it, so that it stands in no history and no screenshot. */
export function takeKey(): void {
  const given = new URLSearchParams(location.hash.replace(/^#\/?/, "")).get("key");
  if (given === null) return;
  useKey(given);
  history.replaceState(undefined, "", "#/");
  hash.value = "#/";
}

/** What the server takes for the id of a thread. Anything else could lead a request to another path. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

const isPane = (text: string | null): text is Pane => PANES.some((pane) => pane === text);

export const address = computed((): Address => {
  const [path = "", query = ""] = hash.value.replace(/^#\/?/, "").split("?");
  const named = /^threads\/(.+)/s.exec(path)?.[1];
  const asked = new URLSearchParams(query);
  const pane = asked.get("pane");
  return {
    thread: named !== undefined && isUuid(named) ? named.toLowerCase() : undefined,
    noThread: named !== undefined && !isUuid(named) ? named : undefined,
    run: asked.get("run") ?? undefined,
    pane: isPane(pane) ? pane : "timeline",
    isNew: asked.has("new"),
  };
});

/** A link to the address with these changes. */
export function linkTo(change: Partial<Omit<Address, "noThread">>): string {
  const { thread, run, pane, isNew } = { ...address.value, ...change };
  const query = new URLSearchParams();
  if (run !== undefined) query.set("run", run);
  if (pane !== "timeline") query.set("pane", pane);
  if (isNew) query.set("new", "");
  const text = query.toString();
  return `#/${thread === undefined ? "" : `threads/${thread}`}${text ? `?${text}` : ""}`;
}

export const goTo = (change: Partial<Omit<Address, "noThread">>): void => void (location.hash = linkTo(change));
