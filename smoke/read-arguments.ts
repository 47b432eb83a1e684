/** The command line of `npm run smoke`. Must not ask the deployment anything. */
import { parseArgs } from "node:util";
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

Exit codes: 0 = all checks passed, 1 = one failed, 2 = asked wrongly.`;

export interface Arguments {
  url: string;
  key: string | undefined;
  named: Named | undefined;
  parts: readonly Part[];
  runs: number;
  /** s */
  long: number;
}

/** @returns the usage if that was asked for, a message if the arguments are wrong */
export function readArguments(
  args: string[],
  env: Record<string, string | undefined>,
): Arguments | { help: string } | { wrong: string } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        key: { type: "string" },
        assistant: { type: "string" },
        input: { type: "string" },
        runs: { type: "string", default: "20" },
        only: { type: "string", multiple: true },
        long: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) return { help: USAGE };
    const [url = "", ...more] = positionals;
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "") || more.length > 0) return { wrong: USAGE };
    const runs = positive("--runs", values.runs);
    const long = positive("--long", values.long ?? OUTLIVES_CUT);
    const usual = PARTS.filter((part) => part !== "long" || values.long !== undefined);
    const named = namedOf(values.assistant, values.input);
    const key = values.key ?? env["LANGGRAPH_API_KEY"];
    return { url, key, named, parts: values.only?.map(partOf) ?? usual, runs, long };
  } catch (error) {
    if (!(error instanceof Error)) return { wrong: String(error) };
    return { wrong: error instanceof WrongValue ? error.message : `${error.message}\n\n${USAGE}` };
  }
}

/** A line is enough: the flag itself is known. */
class WrongValue extends Error {}

function partOf(text: string): Part {
  const part = PARTS.find((one) => one === text);
  if (!part) throw new WrongValue(`--only: ${text} is none of ${PARTS.join(", ")}.`);
  return part;
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new WrongValue(`${name}: ${text} is not a whole number above 0.`);
  return number;
}

function namedOf(assistant: string | undefined, input: string | undefined): Named | undefined {
  if (assistant === undefined && input === undefined) return undefined;
  if (assistant === undefined || input === undefined) throw new WrongValue("--assistant and --input go together.");
  try {
    return { assistant, input: JSON.parse(input) as unknown };
  } catch {
    throw new WrongValue("--input is no JSON.");
  }
}
