/**
 * `/watch`: the page for people, whose source is `page/`. It has no data, so it needs no key: it asks for one and sends it with each call.
 * Its policy lets it run its own files and call its own server, nothing else.
 */
import { HttpError } from "../server/http-error.ts";
import { whole } from "../server/respond.ts";
import type { Routes } from "../server/routes.ts";

/** The page as it was bundled: name of a file, with a hash of its content, → text. One script and one style sheet. */
export type PageFiles = ReadonlyMap<string, string>;

const TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // What a library makes into HTML by mistake is refused, too.
  "require-trusted-types-for 'script'",
].join("; ");

/** Another content has another name. */
const FOR_EVER = "public, max-age=31536000, immutable";

/** @param read called at each request; whoever gives it keeps the files */
export const watchRoutes = (read: () => Promise<PageFiles>): Routes => ({
  "GET /watch": async () => {
    const names = [...(await read()).keys()];
    return whole(
      documentOf({ script: nameOf(names, ".js"), style: nameOf(names, ".css") }),
      "text/html; charset=utf-8",
      {
        headers: {
          "content-security-policy": POLICY,
          "cache-control": "no-cache",
          "referrer-policy": "no-referrer",
          "x-content-type-options": "nosniff",
        },
      },
    );
  },
  "GET /watch/assets/:file": async (asked) => {
    const name = asked.req.param("file") ?? "";
    const text = (await read()).get(name);
    if (text === undefined) throw new HttpError(404, "Not Found");
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "text/plain; charset=utf-8";
    return whole(text, type, { headers: { "cache-control": FOR_EVER, "x-content-type-options": "nosniff" } });
  },
});

const nameOf = (names: readonly string[], suffix: string): string => names.find((name) => name.endsWith(suffix)) ?? "";

/** Paths are relative, since what is in front of the server may add a prefix to them. */
const documentOf = ({ script, style }: { script: string; style: string }): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Threadline</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="watch/assets/${style}">
<body>
<div id="app"></div>
<noscript>This page is a program in JavaScript. <a href="docs">The reference of the API</a> reads without it.</noscript>
<script type="module" src="watch/assets/${script}"></script>
</body>
</html>
`;
