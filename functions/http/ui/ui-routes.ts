/** Components of the project for generative UI: markup that loads a bundle, as `LoadExternalComponent` of LangGraph's SDK asks for it. */
import type { ProjectUi, UiFile } from "../../core/ui/ui-port.ts";
import { SHADOW_ROOT, UI_BUNDLES_IN_PAGE } from "../../protocol/ui-script.ts";
import { UiRequest } from "../../protocol/ui.ts";
import { readBody } from "../request/read-body.ts";
import { HttpError } from "../server/http-error.ts";
import { whole } from "../server/respond.ts";
import type { Asked, Routes } from "../server/routes.ts";

export interface UiSettings {
  engine: { ui: ProjectUi; http: () => { mount_prefix?: string | undefined } };
  /** Where clients ask this server; default: the host of the request. */
  publicUrl: string | undefined;
}

/** Names have a hash of the content. */
const FOREVER = { "cache-control": "public, max-age=31536000, immutable" };

export const uiRoutes = ({ engine, publicUrl }: UiSettings): Routes => {
  const found = async (asked: Asked) => {
    const bundle = await engine.ui(asked.req.param("assistant_id") ?? "");
    if (!bundle) throw new HttpError(404, `There are no components of this name ("ui" of langgraph.json)`);
    if (bundle.kind === "broken") throw new HttpError(422, `These components are not served. ${bundle.why}`);
    return bundle;
  };
  return {
    "POST /ui/:assistant_id": async (asked) => {
      const { name } = await readBody(asked.req.raw, UiRequest);
      const { script, styles } = await found(asked);
      const id = asked.req.param("assistant_id") ?? "";
      const server = publicUrl ?? hostOf(new URL(asked.req.url));
      const base = `${server}${engine.http().mount_prefix ?? ""}/ui/${encodeURIComponent(id)}`;
      const addressOf = (file: UiFile): string => escaped(`${base}/${file.name}`);
      const call = `window.${UI_BUNDLES_IN_PAGE}[${JSON.stringify(id)}](${JSON.stringify(name)}, "${SHADOW_ROOT}")`;
      const lines = [
        ...(styles ? [`<link rel="stylesheet" href="${addressOf(styles)}">`] : []),
        `<script src="${addressOf(script)}" onload="${escaped(call)}"></script>`,
      ];
      return whole(lines.join("\n"), "text/html; charset=utf-8");
    },
    "GET /ui/:assistant_id/:file": async (asked) => {
      const { script, styles } = await found(asked);
      const file = [script, styles].find((one) => one?.name === asked.req.param("file"));
      if (!file) throw new HttpError(404, "Not Found");
      const type = file === script ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8";
      const length = { "content-length": String(file.content.length) };
      return new Response(file.content, { headers: { "content-type": type, ...length, ...FOREVER } });
    },
  };
};

/** By the page's own protocol: a Function URL's function does not see that its caller speaks TLS. */
const hostOf = ({ host, protocol }: URL): string => (isLocal(host) ? `${protocol}//${host}` : `//${host}`);
const isLocal = (host: string): boolean => /^(?:localhost|127\.0\.0\.1|\[::1\])(?::|$)/.test(host);

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => ENTITIES[one] ?? "");
