/**
 * Compiles a project again whenever its source is saved. Every build has a folder of its own, so that a process loads it as new modules and
 * a run in flight keeps the build with which it began.
 */
import { type FSWatcher, mkdirSync, readFileSync, rmSync, watch } from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Built, changedFiles } from "./build-changes.ts";
import { buildProject, type ProjectBuild } from "./compile-project.ts";
import { WATCH_KEPT, WATCH_PASSED_OVER, WATCH_SETTLE } from "./limits.ts";
import { readConfig } from "./config/read-config.ts";
import { changesNothing, ifThere } from "./mirror/source-folders.ts";

export interface WatchProjectOptions {
  /** Path of langgraph.json. */
  config: string;
  /** A new state is compiled; it lies in `build.out`. Graphs that do not compile have their `error` in the manifest. */
  onBuild: (build: ProjectBuild) => void;
  /** The project cannot be compiled at all now (langgraph.json is no JSON, for example); the state before stays. */
  onError: (error: unknown) => void;
  /** Whether the project's own loading made a file what it is now, which is no reason to load it again; default: it never did. */
  isOwnWrite?: (file: string) => boolean;
  /** Whether something still imports from the folder of a build; it stays then. Default: nothing does. */
  isInUse?: (folder: string) => boolean;
}

export interface ProjectWatch {
  /** Stops watching; a compilation under way reports nothing more. */
  close: () => void;
}

/**
 * Compiles once and calls `onBuild`, then again after each change that matters, until closed.
 * Throws ConfigError if the config cannot be read at the start; later that goes to `onError`.
 */
export async function watchProject(options: WatchProjectOptions): Promise<ProjectWatch> {
  const watcher = new Watcher(options);
  await watcher.start();
  return { close: () => watcher.close() };
}

class Watcher {
  readonly #options: WatchProjectOptions;
  readonly #root: string;
  readonly #watched = new Map<string, FSWatcher>();
  #kept: string[] = [];
  #last: Built | undefined;
  #reported: string | undefined;
  #generation = 0;
  #passedOver = 0;
  #timer: NodeJS.Timeout | undefined;
  #building = false;
  #again = false;
  #closed = false;

  constructor(options: WatchProjectOptions) {
    this.#options = options;
    this.#root = path.join(readConfig(options.config).dir, ".threadline", "watch");
  }

  async start(): Promise<void> {
    remove(this.#root);
    mkdirSync(this.#root, { recursive: true });
    await this.#build();
    this.#repeat();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  async #build(): Promise<void> {
    const out = path.join(this.#root, String(this.#generation));
    this.#generation += 1;
    const build = await buildProject({ config: this.#options.config, out }).catch((error: unknown) => {
      remove(out);
      throw error;
    });
    await eventsSeen();
    if (this.#closed) return;
    // The build may mix two states of a file that was saved meanwhile: its new text and the compiled text of the old one.
    if (this.#again && this.#passedOver < WATCH_PASSED_OVER) {
      this.#passedOver += 1;
      remove(out);
      return;
    }
    this.#passedOver = 0;
    // A save just before a folder was watched is not noticed: compile again.
    if (this.#follow(build.folders)) this.#again = true;
    const isFixed = this.#reported !== undefined;
    this.#reported = undefined;
    if (this.#last && !isFixed && !this.#isNew(build, this.#last)) {
      // These changes are known now. The served build stays.
      this.#last = { ...this.#last, stamps: build.stamps };
      remove(out);
      return;
    }
    this.#last = build;
    this.#kept.push(out);
    this.#removeOld();
    this.#options.onBuild(build);
  }

  #removeOld(): void {
    const { isInUse = () => false } = this.#options;
    const unused = this.#kept.slice(0, -WATCH_KEPT).filter((folder) => !isInUse(folder));
    for (const folder of unused) remove(folder);
    this.#kept = this.#kept.filter((folder) => !unused.includes(folder));
  }

  #isNew(build: Built, last: Built): boolean {
    const { isOwnWrite = () => false } = this.#options;
    const saved = changedFiles(last, build).filter((file) => !isOwnWrite(file));
    return build.fingerprint !== last.fingerprint || saved.length > 0;
  }

  /** Watches each folder by itself, as a recursive watch would take in node_modules. True if there was a new one. */
  #follow(folders: readonly string[]): boolean {
    const wanted = new Set(folders);
    for (const [folder, watcher] of this.#watched) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watched.delete(folder);
    }
    const added = folders.filter((folder) => !this.#watched.has(folder));
    for (const folder of added) {
      const watcher = tryWatch(folder, (name) => {
        if (name === null || name === "node_modules" || !changesNothing(name)) this.#schedule();
      });
      watcher?.on("error", () => this.#drop(folder, watcher));
      if (watcher) this.#watched.set(folder, watcher);
    }
    return added.length > 0;
  }

  /** The folder is gone. The next compilation decides whether a folder of that name is watched again. */
  #drop(folder: string, watcher: FSWatcher): void {
    watcher.close();
    if (this.#watched.get(folder) === watcher) this.#watched.delete(folder);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#closed) return;
    if (this.#building) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#rebuild(), WATCH_SETTLE);
  }

  async #rebuild(): Promise<void> {
    this.#building = true;
    try {
      await this.#build();
    } catch (error) {
      if (!this.#closed) this.#report(error);
    } finally {
      this.#building = false;
    }
    this.#repeat();
  }

  /** Reports an error once: one save causes several events. */
  #report(error: unknown): void {
    const { config, onError } = this.#options;
    const content = ifThere(() => readFileSync(config, "utf8"));
    const wrong = `${error instanceof Error ? error.message : String(error)}\n${content}`;
    if (wrong === this.#reported) return;
    this.#reported = wrong;
    onError(error);
  }

  #repeat(): void {
    if (!this.#again) return;
    this.#again = false;
    this.#schedule();
  }
}

/** Lets the event loop handle the file events that have occurred. */
async function eventsSeen(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Undefined if the folder has gone meanwhile. */
function tryWatch(folder: string, changed: (name: string | null) => void): FSWatcher | undefined {
  try {
    return watch(folder, (_, name) => changed(name));
  } catch {
    return undefined;
  }
}
