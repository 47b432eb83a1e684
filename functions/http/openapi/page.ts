/** Pages of our own: whole documents that load nothing, with a policy that says so. */
import { createHash } from "node:crypto";
import { whole } from "../server/respond.ts";

export interface Page {
  title: string;
  /** HTML, already escaped. */
  body: string;
  /** Runs when the page is there. */
  script?: string;
}

export const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --faint: #8882; --mark: #3b6fd4; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
a { color: var(--mark); }
code, pre, textarea, output { font: 13px/1.45 ui-monospace, monospace; }
pre, output { background: var(--faint); padding: .7rem; border-radius: 6px; overflow: auto; white-space: pre-wrap; }
pre { max-height: 22rem; } output { display: block; max-height: 30rem; overflow-wrap: anywhere; }
output:empty { display: none; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .3rem 0; padding: 0 .8rem; }
details[open] { padding-bottom: .8rem; }
summary { cursor: pointer; padding: .45rem 0; overflow-wrap: anywhere; }
summary b { display: inline-block; min-width: 4.2rem; color: var(--mark); font-size: .85rem; }
summary small { opacity: .75; margin-left: .6rem; }
label { display: flex; gap: .6rem; align-items: center; margin: .25rem 0; flex-wrap: wrap; }
label span { min-width: 11rem; } label small { opacity: .75; }
input { flex: 1; min-width: 10rem; padding: .25rem .4rem; font: inherit; }
textarea { width: 100%; box-sizing: border-box; min-height: 7rem; }
button { font: inherit; padding: .25rem .9rem; margin: .5rem .4rem .5rem 0; cursor: pointer; }
`;

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The page may ask its own server, and nobody else. */
export function pageResponse({ title, body, script = "" }: Page, headers: Record<string, string> = {}): Response {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<body>${body}${script && `<script type="module">${script}</script>`}</body>
</html>
`;
  const policy = {
    "default-src": "'none'",
    "script-src": script ? hashOf(script) : "'none'",
    "style-src": hashOf(STYLE),
    "img-src": "data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  };
  return whole(html, "text/html; charset=utf-8", {
    headers: {
      "content-security-policy": Object.entries(policy)
        .map((rule) => rule.join(" "))
        .join("; "),
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}
