/**
 * Bundles the components of `ui` for browsers, by esbuild, since rolldown takes no style sheets: one script and one style sheet for each
 * entry. React and the hooks of LangGraph's SDK are those of the page that shows a component.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { OutputFile, Plugin } from "esbuild";
import { UI } from "../functions/protocol/compiled.ts";
import type { Manifest, UiEntry } from "../functions/protocol/manifest.ts";
import { UI_BUNDLES_IN_PAGE } from "../functions/protocol/ui-script.ts";
import type { ConfiguredUi } from "./config/read-ui.ts";

/** What the page has, and gives by the function that the SDK's client keeps under LGUI_REQUIRE. */
const OF_PAGE = /^(?:react|react-dom|react\/jsx-runtime|@langchain\/langgraph-sdk\/react(?:-ui)?)$/;
/** What browsers had in 2024. */
const TARGET = "es2023";
const ASSETS = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".woff", ".woff2", ".ttf"];
const TAILWIND = /@import\s+["']tailwindcss|@tailwind\b/;

/** Writes into `<out>/.ui`. What cannot be bundled is an error of its entry. */
export async function bundleUi(ui: Readonly<Record<string, ConfiguredUi>>, out: string): Promise<Manifest["ui"]> {
  const entries = await Promise.all(
    Object.entries(ui).map(async ([name, one]) => [name, await bundleEntry(name, one, path.join(out, UI))] as const),
  );
  return Object.fromEntries(entries);
}

async function bundleEntry(name: string, { source, file, error }: ConfiguredUi, folder: string): Promise<UiEntry> {
  if (file === undefined) return { source, error: error ?? "There is no such file." };
  try {
    const { js, css } = await bundle(name, file);
    mkdirSync(folder, { recursive: true });
    const write = ({ contents }: OutputFile, suffix: string): string => {
      const hash = createHash("sha256").update(contents).digest("hex").slice(0, 16);
      writeFileSync(path.join(folder, `${hash}.${suffix}`), contents);
      return `${hash}.${suffix}`;
    };
    if (!js) return { source, error: "It exports nothing." };
    return { source, script: write(js, "js"), ...(css && { styles: write(css, "css") }) };
  } catch (failure) {
    return { source, error: failure instanceof Error ? failure.message : String(failure) };
  }
}

async function bundle(
  name: string,
  file: string,
): Promise<{ js?: OutputFile | undefined; css?: OutputFile | undefined }> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    stdin: { contents: entryText(name, file), resolveDir: path.dirname(file), sourcefile: "ui.js" },
    outdir: path.dirname(file),
    write: false,
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: TARGET,
    jsx: "automatic",
    logLevel: "silent",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: Object.fromEntries(ASSETS.map((suffix) => [suffix, "dataurl" as const])),
    plugins: [ofPage, withoutTailwind],
  });
  return {
    js: outputFiles.find((one) => one.path.endsWith(".js")),
    css: outputFiles.find((one) => one.path.endsWith(".css")),
  };
}

/** Components are the properties of the default export, or the exports themselves. */
const entryText = (name: string, file: string): string => `
import * as exported from ${JSON.stringify(file)};
const components = { ...exported, ...exported.default };
(window.${UI_BUNDLES_IN_PAGE} ??= {})[${JSON.stringify(name)}] = (component, shadowRootId) => {
  const root = document.getElementById(shadowRootId)?.shadowRoot;
  if (!root) return;
  const target = root.appendChild(document.createElement("div"));
  window[Symbol.for("LGUI_EXT_STORE")].respond(shadowRootId, components[component], target);
};
`;

const ofPage: Plugin = {
  name: "of-page",
  setup(build) {
    build.onResolve({ filter: OF_PAGE }, ({ path: asked }) => ({ path: asked, namespace: "of-page" }));
    build.onLoad({ filter: /.*/, namespace: "of-page" }, ({ path: asked }) => ({
      contents: `module.exports = window[Symbol.for("LGUI_REQUIRE")](${JSON.stringify(asked)});`,
      loader: "js",
    }));
  },
};

const withoutTailwind: Plugin = {
  name: "without-tailwind",
  setup(build) {
    build.onLoad({ filter: /\.css$/, namespace: "file" }, async ({ path: file }) => {
      const { readFile } = await import("node:fs/promises");
      const contents = await readFile(file, "utf8");
      const text = "Tailwind is not run here: import the style sheet that its command line makes.";
      return TAILWIND.test(contents) ? { errors: [{ text }] } : { contents, loader: "css" };
    });
  },
};
