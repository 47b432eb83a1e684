/**
 * Notes which files the project's own code writes while graphs are loaded, so that `--watch` does not load them again for it. It wraps
 * Node's file functions. Writes of child processes are not seen.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isLoading } from "../functions/engine/javascript/project/load-context.ts";

export interface NotedWrites {
  /** Whether a load has written the present content of the file, or is writing it. */
  isOwn: (file: string) => boolean;
}

/** Which argument of each function is the path that changes. */
const PATH_ARGUMENT = { writeFile: 0, appendFile: 0, truncate: 0, unlink: 0, rm: 0, copyFile: 1, rename: 1 };
const GONE = "gone";
const AT_WORK = "at work";

/** What became of a file: as it is now, or AT_WORK. */
type Note = (target: string | undefined, state?: typeof AT_WORK) => void;
type Call = (...args: unknown[]) => unknown;

/** Wraps Node's file functions for the life of the process. To be called once. */
export function noteWrites(): NotedWrites {
  /** The state of a file after a load had written it, by its real path. */
  const written = new Map<string, string>();
  const note: Note = (target, state) => {
    const file = target === undefined ? undefined : realFile(target);
    if (file !== undefined && !isForeign(file)) written.set(file, state ?? stampOf(file));
  };
  for (const [name, at] of Object.entries(PATH_ARGUMENT))
    for (const [holder, own] of [
      [fs, name],
      [fs, `${name}Sync`],
      [fs.promises, name],
    ] as const)
      wrap(holder, own, (call, args) => {
        if (!isLoading()) return call(...args);
        const target = pathOf(args[at]);
        note(target, AT_WORK);
        return afterwards(call, args, () => note(target));
      });
  noteOpened(note);
  syncBuiltinESMExports();
  return {
    isOwn(file) {
      const real = realFile(file);
      const [known, now] = [written.get(real), stampOf(real)];
      return (
        known === AT_WORK || known === now || (now === GONE && foldersOf(real).some((dir) => written.get(dir) === GONE))
      );
    },
  };
}

/** For streams and file handles, the state when they are closed counts. */
function noteOpened(note: Note): void {
  const open = new Map<unknown, string>();
  const remember = (descriptor: unknown, target: string | undefined): void => {
    if (target === undefined || typeof descriptor !== "number") return;
    note(target, AT_WORK);
    open.set(descriptor, target);
  };
  const forget = (descriptor: unknown): string | undefined => {
    const target = open.get(descriptor);
    open.delete(descriptor);
    return target;
  };
  const writes = (args: unknown[]): boolean => isLoading() && args[1] !== undefined && args[1] !== "r";
  wrap(fs, "openSync", (call, args) => {
    const descriptor = call(...args);
    if (writes(args)) remember(descriptor, pathOf(args[0]));
    return descriptor;
  });
  wrap(fs, "open", (call, args) => {
    const target = writes(args) ? pathOf(args[0]) : undefined;
    return afterwards(call, args, (_, descriptor) => remember(descriptor, target));
  });
  wrap(fs.promises, "open", async (call, args) => {
    const target = writes(args) ? pathOf(args[0]) : undefined;
    const handle = await call(...args);
    if (target === undefined || !isEmitter(handle)) return handle;
    note(target, AT_WORK);
    handle.once("close", () => note(target));
    return handle;
  });
  for (const name of ["close", "closeSync"])
    wrap(fs, name, (call, args) => {
      const target = forget(args[0]);
      return target === undefined ? call(...args) : afterwards(call, args, () => note(target));
    });
}

/** Calls the function, and `done` at its end: on return, when its promise settles, or before its callback, with that one's arguments. */
function afterwards(call: Call, args: unknown[], done: (...results: unknown[]) => void): unknown {
  const last = args.at(-1);
  if (typeof last === "function") {
    const callback = (...results: unknown[]): unknown => {
      done(...results);
      return Reflect.apply(last, undefined, results);
    };
    return call(...args.slice(0, -1), callback);
  }
  let isPending = false;
  try {
    const result = call(...args);
    isPending = result instanceof Promise;
    return result instanceof Promise ? result.finally(done) : result;
  } finally {
    if (!isPending) done();
  }
}

function wrap(holder: object, name: string, around: (call: Call, args: unknown[]) => unknown): void {
  const original: unknown = Reflect.get(holder, name);
  if (typeof original !== "function") return;
  const call: Call = (...args) => Reflect.apply(original, holder, args);
  Reflect.set(
    holder,
    name,
    Object.assign((...args: unknown[]) => around(call, args), original),
  );
}

function pathOf(given: unknown): string | undefined {
  if (typeof given === "string") return path.resolve(given);
  if (given instanceof URL && given.protocol === "file:") return fileURLToPath(given);
  return Buffer.isBuffer(given) ? path.resolve(given.toString()) : undefined;
}

const isForeign = (file: string): boolean => /[\\/](?:\.threadline|node_modules)[\\/]/.test(file);

const isEmitter = (value: unknown): value is NodeJS.EventEmitter =>
  typeof value === "object" && value !== null && "once" in value && typeof value.once === "function";

/** Of a file that does not exist, the real path of its folder with its name. */
function realFile(file: string): string {
  for (const [known, rest] of [
    [file, ""],
    [path.dirname(file), path.basename(file)],
  ] as const)
    try {
      return path.join(fs.realpathSync(known), rest);
    } catch {
      continue;
    }
  return file;
}

function foldersOf(file: string): string[] {
  const folder = path.dirname(file);
  return folder === file ? [] : [folder, ...foldersOf(folder)];
}

function stampOf(file: string): string {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? GONE : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}
