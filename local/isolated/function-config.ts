/** The settings of a function that an environment needs, beside its code. */
import type { Reaper } from "./start-reaper.ts";

export interface FunctionConfig {
  name: string;
  /** `file.export`, as in Lambda's settings. */
  handler: string;
  /** Folder of the file. */
  taskRoot: string;
  /** The whole environment of its processes, beside what Lambda sets. */
  variables: Record<string, string | undefined>;
  /** s, of one invocation. */
  timeout: number;
  /** Environments at once; more invocations are throttled. */
  concurrency: number;
  /** ms. A process that nobody uses is ended after this long. */
  keepIdle: number;
  /** Stop processes between invocations, as Lambda does. */
  freeze: boolean;
  /** Called with what the processes print. */
  print: (text: string) => void;
  reaper: Reaper;
}
