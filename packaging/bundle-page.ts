/** Bundles the page `/watch` for browsers: one script and one style sheet, each named by its content. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { PAGE } from "../functions/protocol/compiled.ts";

const SOURCE = fileURLToPath(new URL("../page", import.meta.url));
/** What browsers had in 2024. */
const TARGET = "es2023";

export type BundledPage = ReadonlyMap<string, string>;

let bundled: Promise<BundledPage> | undefined;

/** Once in a process. @returns text by file name */
export function bundlePage(): Promise<BundledPage> {
  bundled ??= bundle().catch((error: unknown) => {
    bundled = undefined;
    throw error;
  });
  return bundled;
}

/** Writes the page into `<out>/watch`. */
export async function writePage(out: string): Promise<void> {
  const folder = path.join(out, PAGE);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of await bundlePage()) writeFileSync(path.join(folder, name), text);
}

async function bundle(): Promise<BundledPage> {
  const build = await rolldown({
    input: path.join(SOURCE, "main.tsx"),
    platform: "browser",
    treeshake: true,
    logLevel: "silent",
    transform: {
      target: TARGET,
      jsx: { runtime: "automatic", importSource: "preact" },
      define: { "process.env.NODE_ENV": '"production"' },
    },
  });
  try {
    const made = await build.generate({ format: "esm", minify: true, codeSplitting: false });
    const script = made.output.map((file) => (file.type === "chunk" ? file.code : "")).join("");
    return new Map([named("page", script, "js"), named("page", styles(), "css")]);
  } finally {
    await build.close();
  }
}

/** All style sheets, in the order of their names. */
function styles(): string {
  const folder = path.join(SOURCE, "style");
  return readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(path.join(folder, name), "utf8"))
    .join("\n");
}

function named(name: string, text: string, suffix: string): [string, string] {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return [`${name}-${hash}.${suffix}`, text];
}
