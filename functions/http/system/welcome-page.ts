/** What a browser sees at the root: what this server is, and where to go on. */
import type { GraphInfo } from "../../core/run/execute/engine-port.ts";
import { escapeHtml, type Page } from "../openapi/page.ts";

const WATCH = { watch: "threads and runs, to look at and to try" };
const LINKS = {
  docs: "every route, to read and try",
  "openapi.json": "the same for programs",
  info: "version and what this server can do",
  ok: "whether it is alive; <code>ok?check_db=1</code> asks its table, too",
  metrics: "what this process has measured",
};

/** The rest is open to all, so that a browser can follow the link. */
const NEEDS_KEY = "metrics";

export interface Welcome {
  /** Undefined where a key is needed to know them. */
  graphs: readonly GraphInfo[] | undefined;
  /** Whether there is the page `/watch`. */
  page: boolean;
}

export function welcomePage(version: string, { graphs, page }: Welcome): Page {
  const links = Object.entries({ ...(page ? WATCH : {}), ...LINKS }).map(([path, what]) => {
    const isClosed = graphs === undefined && path === NEEDS_KEY;
    return `<li>${isClosed ? `/${path} (with a key)` : `<a href="${path}">/${path}</a>`}: ${what}</li>`;
  });
  const named = (graphs ?? []).map(
    ({ graph_id, description }) =>
      `<li><code>${escapeHtml(graph_id)}</code>${description === null ? "" : `: ${escapeHtml(description)}`}</li>`,
  );
  const body = `
<h1>Threadline ${escapeHtml(version)}</h1>
<p>The LangGraph Agent Server API. Clients of LangGraph connect to this address.</p>
<ul>${links.join("\n")}</ul>
<h2>Graphs</h2>
${graphs ? `<ul>${named.join("\n")}</ul>` : "<p>With a key: POST /assistants/search lists them.</p>"}`;
  return { title: "Threadline", body };
}
