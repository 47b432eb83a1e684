/** Pages in a browser's own bundles: checked by TypeScript, built by rolldown, served on a port of this machine. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rolldown } from "rolldown";

const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const HTML = '<!doctype html><div id="root"></div><script type="module" src="main.js"></script>';

export interface Site {
  url: string;
  close(): void;
}

/**
 * A page on an origin of its own, so that what it stores is its own.
 * @param folder with node_modules and `pages/*.tsx`
 * @param api absent for a page that is told it by its address
 */
export async function openSite(folder: string, page: string, api = ""): Promise<Site> {
  const script = await bundle(folder, page, api);
  const server = createServer(({ url }, response) => {
    const isScript = url === "/main.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : HTML);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @throws Error with what TypeScript says */
export async function checkTypes(folder: string, pages: readonly string[]): Promise<void> {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    jsx: "react-jsx",
    module: "preserve",
    target: "es2023",
    lib: ["es2023", "dom", "dom.iterable"],
    types: [],
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  };
  const files = pages.map((page) => `pages/${page}.tsx`);
  // Several sets of pages are checked side by side.
  const config = join(folder, `tsconfig-${pages[0]}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  await promisify(execFile)(process.execPath, [TSC, "-p", config]).catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout);
  });
}

async function bundle(folder: string, page: string, api: string): Promise<string> {
  const build = await rolldown({
    input: join(folder, "pages", `${page}.tsx`),
    platform: "browser",
    logLevel: "silent",
    transform: { define: { "process.env.NODE_ENV": '"production"', API_URL: JSON.stringify(api) } },
  });
  const { output } = await build.generate({ codeSplitting: false });
  await build.close();
  return output[0].code;
}
