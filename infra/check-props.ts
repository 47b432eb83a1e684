/** Relations between the options of a deployment: each that does not hold ends the synth with a sentence that says what to do. */
import { Stack, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { API_TIMEOUT_S } from "../functions/http/edge/timings.ts";
import type { AgentServerProps } from "./agent-server-props.ts";
import { SynthError } from "./synth-error.ts";

/** s. A shorter one leaves no time between a start and its hand-over. */
const SHORTEST_TIMEOUT_S = 60;
/** MB of `/tmp`, Lambda's limits. */
const TMP_MB = { least: 512, most: 10_240 };

/** @throws SynthError for the first that does not hold */
export function checkProps(scope: Construct, props: AgentServerProps): void {
  for (const [wrong, sentence] of relations(scope, props)) if (wrong) throw new SynthError(sentence);
}

function* relations(scope: Construct, props: AgentServerProps): Generator<readonly [wrong: boolean, sentence: string]> {
  const { vpc, subnets, securityGroups, apiInVpc, endpoint, tmp, timeout, provisionedConcurrency, existingTable } =
    props;
  yield [
    props.encryptionKey !== undefined && existingTable === undefined && Token.isUnresolved(Stack.of(scope).region),
    "encryptionKey: the key of a table is named with its region. Give the stack one: `env: { region: … }`.",
  ];
  yield [subnets !== undefined && !vpc, "subnets: they are those of `vpc`, which is missing."];
  yield [securityGroups !== undefined && !vpc, "securityGroups: they are those of a `vpc`, which is missing."];
  yield [apiInVpc === true && !vpc, "apiInVpc: there is no `vpc`."];
  yield [
    apiInVpc === true && endpoint !== "rest-api",
    'apiInVpc: a Function URL does not stream in a VPC. Take endpoint: "rest-api", or leave the API outside.',
  ];
  for (const [name, size] of Object.entries(tmp ?? {})) {
    const fits = Number.isInteger(size) && size >= TMP_MB.least && size <= TMP_MB.most;
    yield [!fits, `tmp.${name}: ${size} is not a number of MB from ${TMP_MB.least} to ${TMP_MB.most}.`];
  }
  for (const [name, span] of Object.entries(timeout ?? {})) {
    const seconds = span.toSeconds();
    yield [
      seconds < SHORTEST_TIMEOUT_S || seconds > API_TIMEOUT_S,
      `timeout.${name}: ${seconds} s is not from ${SHORTEST_TIMEOUT_S} to ${API_TIMEOUT_S} s: a run is handed over, and a stream cut, before its end.`,
    ];
  }
  const { api, worker } = provisionedConcurrency ?? {};
  yield [
    api !== undefined && props.apiConcurrency !== undefined && api > props.apiConcurrency,
    `provisionedConcurrency.api: ${api} are more than \`apiConcurrency\` lets in. Raise that, or lower this.`,
  ];
  yield [
    worker !== undefined && props.maxConcurrency !== undefined && worker > props.maxConcurrency,
    `provisionedConcurrency.worker: ${worker} are more than \`maxConcurrency\` uses. Raise that, or lower this.`,
  ];
  for (const name of ["requestUnits", "warmThroughput", "removalPolicy"] as const)
    yield [
      existingTable !== undefined && isSet(props[name]),
      `${name}: the table ${existingTable} is there already; this stack changes nothing of it. Leave ${name} out, and set it on the table.`,
    ];
}

const isSet = (value: unknown): boolean =>
  typeof value === "object" && value !== null ? Object.keys(value).length > 0 : value !== undefined;
