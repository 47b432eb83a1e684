/**
 * Keeps the server alive in the process that it shares with a project's code: after stray rejections and throws of a graph, `process.exit`
 * at import, and when nobody reads the output any more. Texts of errors are not printed: users may have written them.
 */
import { whereThrown } from "../functions/core/failure/where-thrown.ts";

/** @returns a function that ends the process, which `process.exit` does not any more */
export function outliveProject(print: (text: string) => void): (code: number) => never {
  // Without a listener a failed write is an uncaught error. Printing that would fail again, and so on.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  process.on("unhandledRejection", (reason) => print(`a rejection that nobody handled: ${traceOf(reason)}`));
  process.on("uncaughtException", (error) => print(`an error that nobody caught: ${traceOf(error)}`));
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    throw new Error(`it called process.exit(${code ?? ""}), and served graphs share one process`);
  };
  return exit;
}

function traceOf(thrown: unknown): string {
  const { error, thrown_at = "" } = whereThrown(thrown);
  return `${error} ${thrown_at}`.trim();
}
