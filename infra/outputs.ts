/** What `cdk deploy` prints at its end: the address, how to get the key, and a command that streams. */
import { readFileSync } from "node:fs";
import { CfnOutput, Stack } from "aws-cdk-lib";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { readConfig } from "../packaging/config/read-config.ts";
import type { AgentServerProps } from "./agent-server-props.ts";
import type { SampleRun } from "./project-code.ts";
import type { ServerParts } from "./server-parts.ts";

/** @param sample an input of the first graph; default: one that suits most graphs */
export function createOutputs(
  server: ServerParts,
  { config, auth = "key", endpoint }: AgentServerProps,
  sample: SampleRun | undefined,
): void {
  const { region } = Stack.of(server);
  const output = (name: string, value: string, description: string): CfnOutput =>
    new CfnOutput(server, name, { value, description });
  const apiUrl = server.url.url + (readConfig(config).http.mount_prefix?.slice(1).concat("/") ?? "");
  output("Url", apiUrl, "apiUrl of the LangGraph SDKs");
  output("TableName", server.table.tableName, "where threads, runs and checkpoints are");
  const printing = ({ secretArn }: Secret): string =>
    `aws secretsmanager get-secret-value --region ${region} --secret-id ${secretArn} --query SecretString --output text`;
  const print = server.key && printing(server.key);
  if (print !== undefined) output("KeyCommand", print, "prints the key that clients send as x-api-key");
  if (server.webhookSecret)
    output("WebhookSecretCommand", printing(server.webhookSecret), "prints what webhooks are signed with");
  const origin = server.originSecret && printing(server.originSecret);
  if (origin !== undefined) output("OriginSecretCommand", origin, "prints what has to be sent as x-origin-secret");
  const front = origin === undefined ? "" : ` -H "x-origin-secret: $(${origin})"`;
  const service = endpoint === "rest-api" ? "execute-api" : "lambda";
  const way = {
    key: ` -H "x-api-key: $(${print})"`,
    hash: ' -H "x-api-key: $KEY"',
    iam: ` --aws-sigv4 "aws:amz:${region}:${service}" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"`,
    none: "",
    token: ' -H "authorization: Bearer $TOKEN"',
  }[typeof auth !== "object" ? auth : "jwt" in auth ? "token" : "hash"];
  const body = `-H 'content-type: application/json' -d '${exampleBody(config, sample).replaceAll("'", "'\\''")}'`;
  const description = "runs a graph and streams it; put in the input that it takes";
  output("Try", `curl -N ${apiUrl}runs/stream${way}${front} ${body}`, description);
}

function exampleBody(config: string, sample: SampleRun | undefined): string {
  const { graphs, dir } = readConfig(config);
  const assistant_id = Object.keys(graphs)[0] ?? "agent";
  const chat = { assistant_id, input: { messages: [{ role: "user", content: "Hello" }] } };
  const run = isExample(dir) ? { assistant_id, input: { topic: "ice cream" } } : (sample ?? chat);
  return JSON.stringify({ ...run, stream_mode: "updates" });
}

function isExample(dir: string): boolean {
  try {
    return readFileSync(`${dir}/package.json`, "utf8").includes('"name": "threadline"');
  } catch {
    return false;
  }
}
