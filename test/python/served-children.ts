/** Children over the project of test/fixtures/python, without a server around them. */
import { fileURLToPath } from "node:url";
import { openChildren, type ProjectChildren } from "../../functions/engine/python/process/project-children.ts";
import { agreedWith } from "../../functions/engine/python/process/hello.ts";
import { interpreter } from "./python-server.ts";

const dir = fileURLToPath(new URL("../fixtures/python", import.meta.url));

export const openServedChildren = (variables: Record<string, string> = {}): ProjectChildren =>
  openChildren({
    python: interpreter(),
    environment: () => Promise.resolve({ ...process.env, ...variables }),
    hello: { dir, paths: [dir], graphs: {}, agreed: agreedWith("show") },
  });
