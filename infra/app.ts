/**
 * The CDK app: one stack with one AgentServer for the project of `-c config=PATH`, by default the example. Must not define resources.
 *
 *     npx cdk deploy -c config=../app/langgraph.json
 *
 * `-c` also takes: stack=NAME, auth=key|iam|none, sha256=HASH (of a key of your own), cpu=arm64|x64, image=true, retain=true,
 * concurrency=N, dashboard=true, tracing=true.
 */
import path from "node:path";
import { App, RemovalPolicy, Stack } from "aws-cdk-lib";
import type { AgentServerProps, ServerAuth } from "./agent-server-props.ts";
import { AgentServer } from "./agent-server.ts";

const app = new App();
const given = (name: string): string | undefined => {
  const value: unknown = app.node.tryGetContext(name);
  return typeof value === "string" && value !== "" ? value : undefined;
};

/** @throws Error for a value that is none of them: a slip must not deploy something else */
function oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
  const value = given(name);
  if (value === undefined) return undefined;
  const known = values.find((one) => one === value);
  if (known === undefined) throw new Error(`-c ${name}=${value}: one of ${values.join(", ")} is wanted.`);
  return known;
}

function authOf(): ServerAuth | undefined {
  const sha256 = given("sha256");
  if (sha256 === undefined) return oneOf("auth", ["key", "iam", "none"] as const);
  if (!/^[0-9a-f]{64}(,[0-9a-f]{64})*$/.test(sha256))
    throw new Error("-c sha256: the SHA-256 of a key in hexadecimal is wanted; several with commas.");
  return { sha256 };
}

function concurrency(): number | undefined {
  const value = given("concurrency");
  const number = Number(value);
  if (value !== undefined && !(Number.isInteger(number) && number >= 2 && number <= 1000))
    throw new Error(`-c concurrency=${value}: a number from 2 to 1000 is wanted.`);
  return value === undefined ? undefined : number;
}

const isOn = (name: string): boolean => oneOf(name, ["true", "false"]) === "true";

const auth = authOf();
const cpu = oneOf("cpu", ["arm64", "x64"]);
const maxConcurrency = concurrency();
const props: AgentServerProps = {
  config: path.resolve(given("config") ?? "langgraph.json"),
  image: isOn("image"),
  dashboard: isOn("dashboard"),
  tracing: isOn("tracing"),
  removalPolicy: isOn("retain") ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  ...(auth === undefined ? {} : { auth }),
  ...(cpu === undefined ? {} : { cpu }),
  ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
};

const stack = new Stack(app, given("stack") ?? "Threadline", {
  description: "LangGraph Agent Server: Lambda, SQS, DynamoDB",
});
new AgentServer(stack, "AgentServer", props);
