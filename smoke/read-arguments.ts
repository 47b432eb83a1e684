/** The arguments of `npm run smoke`. */
import { wrongArgument } from "../command-line/command-error.ts";
import { parseChoice, parseCount, readWithPositionals } from "../command-line/read-arguments.ts";
import { type Part, PARTS } from "./run-checks.ts";
import type { Named } from "./subjects.ts";

/** s: 14.5 minutes, after which a deployment cuts a response, and a little. */
const OUTLIVES_CUT = "885";

const USAGE = `Checks a deployment as a client meets it, and prints a table for an issue.

  npm run smoke -- URL [--key K] [--assistant NAME --input JSON] [--only PART]… [--runs N] [--long SECONDS]

  URL              base URL, as given to the LangGraph SDKs as apiUrl
  --key K          x-api-key; default: the environment variable LANGGRAPH_API_KEY
  --assistant A    run this assistant instead of the graphs of the example project
  --input JSON     its input
  --only PART      this part alone, several times for several: ${PARTS.join(", ")}
  --runs N         runs whose latency is measured (default: 20)
  --long SECONDS   also a run of so many seconds, which shows a cut by the server: 885 outlives that of a deployment.
                   A named assistant works as long as its input says; with several steps it is handed over as well
  --help           this text

Exit codes: 0 = all checks passed, 1 = one failed, 2 = wrong arguments.`;

export interface Arguments {
  url: string;
  key: string | undefined;
  named: Named | undefined;
  parts: readonly Part[];
  runs: number;
  /** s */
  long: number;
}

const OPTIONS = {
  key: { type: "string" },
  assistant: { type: "string" },
  input: { type: "string" },
  runs: { type: "string", default: "20" },
  only: { type: "string", multiple: true },
  long: { type: "string" },
} as const;

/**
 * @returns the usage if that was asked for
 * @throws CommandError
 */
export function readSmokeArguments(
  args: string[],
  env: Record<string, string | undefined>,
): Arguments | { help: string } {
  const { values, positionals } = readWithPositionals(args, OPTIONS, USAGE);
  if (values.help) return { help: USAGE };
  const [url = "", ...more] = positionals;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "") || more.length > 0) throw wrongArgument(USAGE);
  return {
    url,
    key: values.key ?? env["LANGGRAPH_API_KEY"],
    named: namedOf(values.assistant, values.input),
    parts:
      values.only?.map((part) => parseChoice("only", part, PARTS)) ??
      PARTS.filter((part) => part !== "long" || values.long !== undefined),
    runs: parseCount("runs", values.runs),
    long: parseCount("long", values.long ?? OUTLIVES_CUT),
  };
}

function namedOf(assistant: string | undefined, input: string | undefined): Named | undefined {
  if (assistant === undefined && input === undefined) return undefined;
  if (assistant === undefined || input === undefined) throw wrongArgument("--assistant and --input go together.");
  try {
    return { assistant, input: JSON.parse(input) as unknown };
  } catch {
    throw wrongArgument("--input is no JSON.");
  }
}
