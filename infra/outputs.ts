/** What `cdk deploy` prints at its end: the address, how to get the key, and one line that streams. Must not create anything else. */
import { readFileSync } from "node:fs";
import { CfnOutput, Stack } from "aws-cdk-lib";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { readConfig } from "../packaging/read-config.ts";
import type { AgentServerProps } from "./agent-server-props.ts";
import type { ServerParts } from "./server-parts.ts";

export function createOutputs(server: ServerParts, { config, auth = "key" }: AgentServerProps): void {
  const { region } = Stack.of(server);
  const output = (name: string, value: string, description: string): CfnOutput =>
    new CfnOutput(server, name, { value, description });
  output("Url", server.url.url, "apiUrl of the LangGraph SDKs");
  output("TableName", server.table.tableName, "where threads, runs and checkpoints are");
  const printing = ({ secretArn }: Secret): string =>
    `aws secretsmanager get-secret-value --region ${region} --secret-id ${secretArn} --query SecretString --output text`;
  const print = server.key && printing(server.key);
  if (print !== undefined) output("KeyCommand", print, "prints the key that clients send as x-api-key");
  if (server.webhookSecret)
    output("WebhookSecretCommand", printing(server.webhookSecret), "prints what webhooks are signed with");
  const way = {
    key: ` -H "x-api-key: $(${print})"`,
    hash: ' -H "x-api-key: $KEY"',
    iam: ` --aws-sigv4 "aws:amz:${region}:lambda" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"`,
    none: "",
  }[typeof auth === "object" ? "hash" : auth];
  const body = `-H 'content-type: application/json' -d '${exampleBody(config).replaceAll("'", "'\\''")}'`;
  const description = "runs the first graph and streams it; put in the input that yours takes";
  output("Try", `curl -N ${server.url.url}runs/stream${way} ${body}`, description);
}

/** A chat message suits most graphs; what a graph takes is known only where it is loaded, as by `npm start`. */
function exampleBody(config: string): string {
  const { graphs, dir } = readConfig(config);
  const input = isExample(dir) ? { topic: "ice cream" } : { messages: [{ role: "user", content: "Hello" }] };
  return JSON.stringify({ assistant_id: Object.keys(graphs)[0] ?? "agent", input, stream_mode: "updates" });
}

function isExample(dir: string): boolean {
  try {
    return readFileSync(`${dir}/package.json`, "utf8").includes('"name": "threadline"');
  } catch {
    return false;
  }
}
