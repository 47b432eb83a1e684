/** Provides the compiled project: compiled once at the start, or again after each save. The heavy imports are made when they are needed. */
import type { Manifest } from "../functions/protocol/manifest.ts";
import type { ProjectWatch } from "../packaging/watch-project.ts";
import { CommandError } from "../command-line/command-error.ts";

export interface Build {
  manifest: Manifest;
  /** Absolute path of its folder. */
  out: string;
}

export interface ProjectSource {
  /** Rejects with a CommandError for a config that cannot be read. */
  first: Promise<Build>;
  /** Calls `onBuild` for each later build, one at a time, and `onError` when a build fails as a whole. */
  follow(onBuild: (build: Build) => Promise<void>, onError: (error: unknown) => void): void;
  close(): Promise<void>;
}

export function compileOnce(config: string, out: string): ProjectSource {
  const compile = async (): Promise<Build> => {
    const { compileProject } = await import("../packaging/compile-project.ts");
    return { manifest: await compileProject({ config, out }), out };
  };
  return { first: compile().catch(asCommandError), follow: () => undefined, close: () => Promise.resolve() };
}

/** Files that graphs write while they are loaded cause no build. @param config the builds are in `.threadline/watch` beside it */
export function compileOnSave(config: string): ProjectSource {
  const first = Promise.withResolvers<Build>();
  let known: Build | undefined;
  let latest: Build | undefined;
  let follower: ((build: Build) => Promise<void>) | undefined;
  let failed: ((error: unknown) => void) | undefined;
  let following = Promise.resolve();

  const handOn = (): void => {
    const build = latest;
    if (!follower || !build || build === known) return;
    known = build;
    const take = follower;
    following = following.then(() => take(build)).catch((error: unknown) => failed?.(error));
  };
  const onBuild = (build: Build): void => {
    known ??= build;
    latest = build;
    first.resolve(build);
    handOn();
  };
  const watch = async (): Promise<ProjectWatch> => {
    const [{ watchProject }, { noteWrites }, { isInUse }] = await Promise.all([
      import("../packaging/watch-project.ts"),
      import("./note-writes.ts"),
      import("../functions/engine/javascript/project/projects-in-use.ts"),
    ]);
    const writes = noteWrites();
    return watchProject({ config, onBuild, onError: (error) => failed?.(error), isOwnWrite: writes.isOwn, isInUse });
  };
  const watching = watch();
  watching.catch((error: unknown) => first.reject(error));
  return {
    first: first.promise.catch(asCommandError),
    follow(take, onError) {
      follower = take;
      failed = onError;
      handOn();
    },
    close: async () => {
      await watching.then(
        (watched) => watched.close(),
        () => undefined,
      );
      await following;
    },
  };
}

async function asCommandError(error: unknown): Promise<never> {
  const { ConfigError } = await import("../packaging/config/read-config.ts");
  throw error instanceof ConfigError ? new CommandError(error.message, 2) : error;
}
