/**
 * What a project of Python says: lines of its process's stdout and stderr. Those of `child/threadline_child/output.py` come with their
 * level and their run; others (a library in C, a crash) as they are.
 */
import path from "node:path";
import { isJsonObject, type Json } from "../../../protocol/json.ts";
import { LINE_BYTES, OUTPUT_CHARACTERS, REMEMBERED_LINES } from "./limits.ts";

export type OutputLevel = "debug" | "info" | "warn" | "error";

export interface OutputLine {
  stream: "stdout" | "stderr";
  level: OutputLevel;
  text: string;
  /** Name of the project's logger; absent for what was printed. */
  logger?: string;
  /** Ids of the run that says it, where that is known. */
  run?: Record<string, string>;
}

/** Takes what a project says. Never throws. */
export type ProjectOutput = (line: OutputLine) => void;

/** As the project's own terminal would show it. */
export const terminalOutput: ProjectOutput = ({ stream, level, text, logger }) => {
  const name = logger === undefined ? "" : `${level.toUpperCase()} ${logger} `;
  process[stream].write(`${name}${text}\n`);
};

const RECORD = "\x1e";
const LEVELS: Record<string, OutputLevel> = { debug: "debug", info: "info", warn: "warn", error: "error" };
/** Of a line without a level of its own. Programs write more than errors to stderr. */
const LEVEL_OF = { stdout: "info", stderr: "warn" } as const;
const IDS = ["run_id", "thread_id", "graph_id"];

function lineOf(raw: string, stream: OutputLine["stream"]): OutputLine {
  const plain: OutputLine = { stream, level: LEVEL_OF[stream], text: raw.slice(0, OUTPUT_CHARACTERS) };
  if (!raw.startsWith(RECORD)) return plain;
  try {
    const told = JSON.parse(raw.slice(RECORD.length)) as Json;
    if (!isJsonObject(told)) return plain;
    const { level, text, logger } = told;
    if (typeof level !== "string" || typeof text !== "string") return plain;
    const run = IDS.flatMap((id): [string, string][] => (typeof told[id] === "string" ? [[id, told[id]]] : []));
    return {
      stream,
      level: LEVELS[level] ?? plain.level,
      text,
      ...(typeof logger === "string" && { logger }),
      ...(run.length > 0 && { run: Object.fromEntries(run) }),
    };
  } catch {
    return plain;
  }
}

/** Cuts bytes into lines. Of a line that is too long the rest is dropped. */
export class LineReader {
  #parts: Buffer[] = [];
  #bytes = 0;

  *read(chunk: Buffer): Generator<string> {
    let from = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", from)) {
      this.#keep(chunk.subarray(from, end));
      yield this.rest();
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  /** What has come of a line without its end. */
  rest(): string {
    const line = Buffer.concat(this.#parts).toString();
    this.#parts = [];
    this.#bytes = 0;
    return line;
  }

  #keep(part: Buffer): void {
    const kept = part.subarray(0, LINE_BYTES - this.#bytes);
    this.#bytes += kept.length;
    if (kept.length > 0) this.#parts.push(kept);
  }
}

export interface OutputReader {
  take(stream: OutputLine["stream"], chunk: Buffer): void;
  /** A stream has ended. */
  end(stream: OutputLine["stream"]): void;
  /** Where the interpreter itself has crashed: why, and at which line of the project; undefined if it has not said. */
  crash(): string | undefined;
}

/** @param dir the project's folder */
export function readOutput(output: ProjectOutput, dir: string): OutputReader {
  const readers = { stdout: new LineReader(), stderr: new LineReader() };
  /** Newest last, of what came as it is. */
  const last: string[] = [];
  const tell = (raw: string, stream: OutputLine["stream"]): void => {
    const line = lineOf(raw, stream);
    if (stream === "stderr" && !raw.startsWith(RECORD)) last.push(line.text);
    if (last.length > REMEMBERED_LINES) last.shift();
    output(line);
  };
  return {
    take(stream, chunk) {
      for (const raw of readers[stream].read(chunk)) tell(raw, stream);
    },
    end(stream) {
      const raw = readers[stream].rest();
      if (raw !== "") tell(raw, stream);
    },
    crash: () => crashIn(last, dir),
  };
}

const FATAL = "Fatal Python error: ";

/** As `faulthandler` says it: the error, then the frames of each thread, the innermost first. */
function crashIn(lines: readonly string[], dir: string): string | undefined {
  const fatal = lines.findLastIndex((line) => line.startsWith(FATAL));
  if (fatal === -1) return undefined;
  const current = lines.findIndex((line, at) => at > fatal && line.startsWith("Current thread"));
  const frames = lines.slice(current).flatMap((line) => {
    const [, file, number] = /File "(.+)", line (\d+)/.exec(line) ?? [];
    return file?.startsWith(dir + path.sep) ? [`${path.relative(dir, file)}:${number}`] : [];
  });
  const why = lines[fatal]?.slice(FATAL.length) ?? "";
  return frames[0] === undefined ? why : `${why} (${frames[0]})`;
}
