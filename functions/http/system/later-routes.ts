/**
 * Routes of the official API that this release does not serve yet: 422 with what to use instead. Must not contain a route that routes.ts
 * serves.
 */
import { NotSupported } from "../server/http-error.ts";
import type { Routes } from "../server/routes.ts";

interface Later {
  what: string;
  instead: string;
}

const UI: Later = {
  what: "Serving components of the project (ui)",
  instead: "Bundle them with the app that shows them.",
};

/** By route: what it is, and the sentence that says what to use instead. */
export const LATER: Readonly<Record<string, Later>> = {
  "POST /ui/:assistant_id": UI,
  "GET /ui/:assistant_id/:file": UI,
};

export const laterRoutes: Routes = Object.fromEntries(
  Object.entries(LATER).map(([route, { what, instead }]) => [
    route,
    () => {
      throw new NotSupported(what, instead, route);
    },
  ]),
);
