/**
 * Sorts the variables of a project: those that are settings of the functions, references to a store of secrets, and those that are left out
 * because they look like secrets in plain text. The process's environment is not read.
 */
import { Annotations, ArnFormat, Stack } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { readConfig } from "../packaging/config/read-config.ts";
import { adviceFor, isReference, looksSecret } from "../packaging/config/secret-variables.ts";
import { destinationOf, whyRefused } from "../packaging/config/variable-destinations.ts";
import type { AgentServerProps } from "./agent-server-props.ts";
import { SynthError } from "./synth-error.ts";

/** Bytes of all variables of a function, Lambda's limit. */
const ENVIRONMENT_BYTES = 4_096;
const SSM = "ssm:";
/** Variables of LangChain that turn tracing on, and that one which makes it run in the background. */
const TRACING = ["LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"];
const BACKGROUND = "LANGCHAIN_CALLBACKS_BACKGROUND";

export interface ProjectEnvironment {
  plain: Record<string, string>;
  /** References by variable. */
  secrets: Record<string, string>;
}

/**
 * @throws SynthError if a variable of the props looks like a secret or cannot be given to a function; those of langgraph.json's env are
 * left out, with a warning at synth
 */
export function projectEnvironment(scope: Construct, { config, environment }: AgentServerProps): ProjectEnvironment {
  const sorted: ProjectEnvironment = { plain: {}, secrets: {} };
  const put = (name: string, value: string): void => {
    delete sorted.plain[name];
    delete sorted.secrets[name];
    sorted[isReference(value) ? "secrets" : "plain"][name] = value;
  };
  const left: string[] = [];
  for (const [name, value] of Object.entries(readConfig(config).env.values)) {
    const refused = whyRefused(name);
    if (refused !== undefined)
      Annotations.of(scope).addWarningV2(`threadline:variable-${name}`, `Not deployed: ${name} ${refused}.`);
    else if (looksSecret(name, value)) left.push(name);
    else if (destinationOf(name, value) === "settings" || isReference(value)) put(name, value);
  }
  for (const [name, value] of Object.entries(environment ?? {})) {
    const refused =
      whyRefused(name) ?? (destinationOf(name, "-") === "settings" ? undefined : "can be set by langgraph.json alone");
    if (refused !== undefined) throw new SynthError(`environment: ${name} ${refused}.`);
    if (looksSecret(name, value)) throw new SynthError(`environment: ${adviceFor(name)}`);
    put(name, value);
  }
  for (const name of left)
    if (!(name in sorted.plain) && !(name in sorted.secrets))
      Annotations.of(scope).addWarningV2(`threadline:secret-${name}`, `Not deployed: ${adviceFor(name)}`);
  // LangSmith sends traces in the background, but a function is frozen between invocations: a run has to wait for its traces.
  if (TRACING.some((name) => sorted.plain[name] === "true")) sorted.plain[BACKGROUND] ??= "false";
  if (bytesOf(sorted) > ENVIRONMENT_BYTES)
    Annotations.of(scope).addError(
      `The graphs' variables have ${bytesOf(sorted)} bytes; Lambda takes ${ENVIRONMENT_BYTES}.`,
    );
  return sorted;
}

const bytesOf = ({ plain, secrets }: ProjectEnvironment): number =>
  Buffer.byteLength(Object.entries(plain).flat().join("")) + Buffer.byteLength(JSON.stringify(secrets));

/** Sets the variables and allows the function to read the parameters and secrets to which they refer. */
export function equipWith({ plain, secrets }: ProjectEnvironment, target: LambdaFunction): void {
  for (const [name, value] of Object.entries(plain)) target.addEnvironment(name, value);
  const references = Object.values(secrets);
  if (references.length === 0) return;
  target.addEnvironment("THREADLINE_PROJECT_SECRETS", JSON.stringify(secrets));
  const names = (wanted: boolean): string[] =>
    references.filter((text) => text.startsWith(SSM) === wanted).map((text) => arnOf(Stack.of(target), text));
  for (const [action, resources] of [
    ["ssm:GetParameters", names(true)],
    ["secretsmanager:GetSecretValue", names(false)],
  ] as const)
    if (resources.length > 0)
      target.addToRolePolicy(new PolicyStatement({ actions: [action], resources: [...new Set(resources)] }));
}

/** Secrets Manager adds six characters to the name of a secret. */
function arnOf(stack: Stack, reference: string): string {
  const name = reference.slice(reference.indexOf(":") + 1).split("#")[0] ?? "";
  if (name.startsWith("arn:")) return name;
  return reference.startsWith(SSM)
    ? stack.formatArn({ service: "ssm", resource: "parameter", resourceName: name.replace(/^\//, "") })
    : stack.formatArn({
        service: "secretsmanager",
        resource: "secret",
        resourceName: `${name}-??????`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
}
