/** What packaging records about a project for the functions: `manifest.json` beside the compiled source, read by the engine. */
import { z } from "zod";
import { Minutes } from "./minutes.ts";

/** One entry of `graphs`. Paths are relative to the folder of the manifest, with `/`. */
export const GraphEntry = z.object({
  /** The source file, of which compiled text is loaded; absent when there is nothing to load (then `error` says why). */
  module: z.string().optional(),
  symbol: z.string(),
  /** Absent = JavaScript or TypeScript. */
  language: z.literal("python").optional(),
  /** The path as the project wrote it, for messages. */
  source: z.string(),
  description: z.string().optional(),
  /**
   * A hash, the same in all builds in which the graph makes the same of a checkpoint: of its nodes and channels if packaging has loaded it,
   * else of all that it may be made of: source, packages, and locally also variables and files.
   */
  topology: z.string().optional(),
  /** Why this graph cannot be served: a file that is missing, or does not compile. */
  error: z.string().optional(),
});
export type GraphEntry = z.infer<typeof GraphEntry>;

const texts = z.array(z.string()).optional();

/** `http.cors` of langgraph.json. Absent fields keep their defaults, except origins: none is allowed that is not named. */
export const CorsConfig = z.object({
  allow_origins: texts,
  /** Matches whole origins. */
  allow_origin_regex: z.string().optional(),
  allow_methods: texts,
  allow_headers: texts,
  allow_credentials: z.boolean().optional(),
  expose_headers: texts,
  /** s */
  max_age: z.int().min(0).optional(),
});
export type CorsConfig = z.infer<typeof CorsConfig>;

/** Patterns of header names, `*` for any characters. */
export const HeaderRules = z.object({ include: z.array(z.string()), exclude: z.array(z.string()) });
export type HeaderRules = z.infer<typeof HeaderRules>;

/** `http` of langgraph.json, what of it is served. */
export const HttpConfig = z.object({
  cors: CorsConfig.optional(),
  configurable_headers: HeaderRules.optional(),
  /** Begins with a slash and does not end with one. */
  mount_prefix: z.string().optional(),
  /** Whether the project's own routes want a key or a user, as ours do; default: they are open. */
  enable_custom_route_auth: z.boolean().optional(),
  /** What comes first for our routes: the project's middleware (default), or the look at who asks. */
  middleware_order: z.enum(["middleware_first", "auth_first"]).optional(),
  disable_assistants: z.boolean().optional(),
  disable_threads: z.boolean().optional(),
  disable_runs: z.boolean().optional(),
  disable_store: z.boolean().optional(),
  disable_meta: z.boolean().optional(),
  disable_mcp: z.boolean().optional(),
  disable_a2a: z.boolean().optional(),
  disable_ui: z.boolean().optional(),
  disable_webhooks: z.boolean().optional(),
});
/** Each takes routes away, or what they do. */
export type HttpSwitch = Extract<keyof z.infer<typeof HttpConfig>, `disable_${string}`>;
export const HTTP_SWITCHES: readonly HttpSwitch[] = [
  "disable_assistants",
  "disable_threads",
  "disable_runs",
  "disable_store",
  "disable_meta",
  "disable_mcp",
  "disable_a2a",
  "disable_ui",
  "disable_webhooks",
];
export type HttpConfig = z.infer<typeof HttpConfig>;

/** `checkpointer.ttl` of langgraph.json, in minutes. */
export const ThreadTtlConfig = z.object({
  strategy: z.enum(["delete", "keep_latest"]).default("delete"),
  ttl: Minutes,
});
export type ThreadTtlConfig = z.infer<typeof ThreadTtlConfig>;

/** `store` of langgraph.json. */
export const StoreConfig = z.object({
  ttl: z
    .object({
      /** Minutes that an item lives which is put without a time of its own; absent = it stays. */
      default_ttl: Minutes.optional(),
      /** Whether a read without `refresh_ttl` restarts an item's time to live; default true. */
      refresh_on_read: z.boolean().optional(),
    })
    .optional(),
  index: z
    .object({
      dims: z.int().positive(),
      /** Paths of what is embedded of a value; default: all of it. */
      fields: z.array(z.string()).optional(),
      /** As the project wrote it: "provider:model", or a path with an export. */
      embed: z.string(),
      /** Of the model; absent = JavaScript. */
      language: z.literal("python").optional(),
      /** The source file in JavaScript and its export, if `embed` names one; of Python the symbol alone. */
      module: z.string().optional(),
      symbol: z.string().optional(),
      /** Why it cannot embed. */
      error: z.string().optional(),
    })
    .optional(),
});
export type StoreConfig = z.infer<typeof StoreConfig>;

/** `auth` of langgraph.json. */
export const AuthConfig = z.object({
  /** As the project wrote it, for messages and for Python. */
  source: z.string(),
  /** The source file in JavaScript; absent when there is nothing to load (then `error` says why). */
  module: z.string().optional(),
  symbol: z.string(),
  /** Absent = JavaScript. */
  language: z.literal("python").optional(),
  error: z.string().optional(),
  /** `false` alone lets Studio in by its header, and only where nobody but this machine reaches the server. */
  disable_studio_auth: z.boolean().default(true),
});
export type AuthConfig = z.infer<typeof AuthConfig>;

/** `http.app` of langgraph.json. */
export const AppConfig = AuthConfig.omit({ disable_studio_auth: true });
export type AppConfig = z.infer<typeof AppConfig>;

/** One entry of `ui`: names of files in the folder of bundles, or why there are none. */
export const UiEntry = z.object({
  source: z.string(),
  script: z.string().optional(),
  styles: z.string().optional(),
  error: z.string().optional(),
});
export type UiEntry = z.infer<typeof UiEntry>;

export const LeftOut = z.object({ path: z.string(), rule: z.string() });
export type LeftOut = z.infer<typeof LeftOut>;

/** A name for own files that is no path, such as `@/model`. Paths are relative to the manifest's folder, with `/`. */
export const Alias = z.object({
  /** Files below it know the name. */
  dir: z.string(),
  /** With one `*` at most: "@/*". */
  pattern: z.string(),
  /** With `*` where the pattern has it. The first that is there counts. */
  targets: z.array(z.string()),
});
export type Alias = z.infer<typeof Alias>;

/** Which classes Python may construct from what is stored: each by the parts of its module and its name, beside those of graphs; or all. */
export const AllowedClasses = z.union([z.literal(true), z.array(z.array(z.string()).min(2))]);
export type AllowedClasses = z.infer<typeof AllowedClasses>;

export const Manifest = z.object({
  version: z.literal(1),
  /** Folder of langgraph.json inside the mirror: the working directory of graphs on AWS. */
  config_dir: z.string(),
  /** Folder of langgraph.json where the source lies: the working directory of graphs locally; absent on AWS. */
  source_dir: z.string().optional(),
  graphs: z.record(z.string(), GraphEntry),
  /** Absolute path of the file that `env` of langgraph.json names, which need not be there; absent on AWS. */
  env_file: z.string().optional(),
  /** Values that `env` lists; on AWS also those of its file, as far as the functions' own settings lack them. */
  env_values: z.record(z.string(), z.string()).default({}),
  http: HttpConfig.default({}),
  /** Present if langgraph.json names custom auth, also if it cannot be loaded: then everybody is refused. */
  auth: AuthConfig.optional(),
  /** The project's own routes. Present also if they cannot be loaded: then everything is refused. */
  app: AppConfig.optional(),
  /** By name, mostly a graph's. */
  ui: z.record(z.string(), UiEntry).default({}),
  store: StoreConfig.default({}),
  /** `checkpointer.ttl` of langgraph.json; absent = threads are kept. */
  thread_ttl: ThreadTtlConfig.optional(),
  /** Bridge modules to the project's own LangGraph, by module format; see `packaging/bridge.ts`. */
  bridges: z.object({ esm: z.string().optional(), cjs: z.string().optional() }),
  /** The project has code of both formats: LangGraph and its kin are these copies for CommonJS, too, for classes of two copies differ. */
  shared_format: z.literal("esm").optional(),
  /** Version of the project's `@langchain/langgraph`, if it could be read. */
  langgraph_version: z.string().optional(),
  aliases: z.array(Alias).optional(),
  /** Present if a graph, the model of the store, custom auth or an own route is Python. */
  python: z
    .object({
      /** Folders of modules, relative to that of langgraph.json, with `/`: those of local packages, too. */
      paths: z.array(z.string()),
      /** Of an artefact, with its packages: relative to the manifest's folder, with `/`. */
      interpreter: z.string().optional(),
      allowed_classes: AllowedClasses.optional(),
    })
    .optional(),
  warnings: z.array(z.string()).default([]),
  /** Folders of the packages whose own files are here. */
  packages: z.array(z.string()).default([]),
  /** Files of the packages that were not packed, with the rule unless their names say it. A folder stands for all files in it. */
  left_out: z.array(LeftOut).default([]),
  built_at: z.string(),
});
export type Manifest = z.infer<typeof Manifest>;
