/**
 * A project's code shares this process: a stray rejection or throw of one graph must not end the server, nor may `process.exit` at import.
 * On AWS and under `--isolated` the process is the project's own. Must not show texts: they may be what users wrote.
 */
import { placeOf } from "../functions/core/place-of.ts";

/** @returns the exit that really ends the process */
export function outliveProject(tell: (text: string) => void): (code: number) => never {
  process.on("unhandledRejection", (reason) => tell(`a rejection that nobody handled: ${traceOf(reason)}`));
  process.on("uncaughtException", (error) => tell(`an error that nobody caught: ${traceOf(error)}`));
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    throw new Error(`it called process.exit(${code ?? ""}), and served graphs share one process`);
  };
  return exit;
}

function traceOf(error: unknown): string {
  const { name, at = "" } = placeOf(error);
  return `${name} ${at}`.trim();
}
