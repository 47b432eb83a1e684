/** The children of the steps in Python, for all workers of a test, and the listener of their nodes. */
import { createServer } from "node:net";
import { once } from "node:events";
import { childrenOfProject } from "../../functions/engine/python/python-project.ts";
import type { ProjectChildren } from "../../functions/engine/python/process/project-children.ts";
import type { Manifest } from "../../functions/protocol/manifest.ts";

export interface PythonSteps {
  children: ProjectChildren;
  /** SIGKILL to the child that runs graphs. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** @param nodeRuns called as a node begins, which goes on when it resolves, or fails with its error */
export async function startPythonSteps(
  python: string,
  manifest: Manifest,
  nodeRuns: (node: string, thread_id: string) => Promise<void> | void,
): Promise<PythonSteps> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (line) => {
      const [node = "", thread_id = ""] = line.toString().trim().split(" ");
      Promise.resolve(nodeRuns(node, thread_id)).then(
        () => socket.end("ok\n"),
        (error: unknown) => socket.end(`${String(error)}\n`),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? String(address.port) : "";
  process.env["NODE_RUNS_PORT"] = port;
  const project = {
    manifest,
    locate: (relative: string) => relative,
    sourceFolder: () => manifest.source_dir ?? ".",
    environment: () => Promise.resolve(process.env),
  };
  const children = childrenOfProject(project, python, "show");
  return {
    children,
    async kill() {
      const { pid } = await children.get();
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    },
    async close() {
      (await children.get().catch(() => undefined))?.end();
      server.close();
    },
  };
}
