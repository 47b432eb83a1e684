/** Variables of the graphs: what is deployed as it is, what as a reference, and what not at all. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "aws-cdk-lib";
import { Annotations, Match, Template } from "aws-cdk-lib/assertions";
import { AgentServer } from "../../infra/agent-server.ts";
import { looksSecret } from "../../packaging/config/secret-variables.ts";
import { removeFolders, testStack } from "./template-of.ts";

afterAll(removeFolders);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-env-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function deploy(env: unknown, environment: Record<string, string> = {}): { stack: Stack; text: string } {
  writeFileSync(join(folder, "langgraph.json"), JSON.stringify({ graphs: {}, env }));
  const stack = testStack();
  const config = join(folder, "langgraph.json");
  new AgentServer(stack, "AgentServer", { config, artefact: { folder, warnings: [] }, auth: "none", environment });
  return { stack, text: JSON.stringify(Template.fromStack(stack).toJSON()) };
}

function variables(stack: Stack, Handler: string): Record<string, unknown> {
  const [found] = Object.values(
    Template.fromStack(stack).findResources("AWS::Lambda::Function", { Properties: { Handler } }),
  );
  return found?.["Properties"]["Environment"]["Variables"] as Record<string, unknown>;
}

test("values go to the functions that load graphs", () => {
  const { stack } = deploy({ MODEL: "small", MAX_TOKENS: "900" }, { MODEL: "large" });

  expect(variables(stack, "worker.handler")).toMatchObject({ MODEL: "large", MAX_TOKENS: "900" });
  expect(variables(stack, "api.handler")).toMatchObject({ MODEL: "large" });
  expect(Object.keys(variables(stack, "sweeper.handler"))).not.toContain("MODEL");
});

test("a secret of an env file is not deployed, and synth says how to store it", () => {
  writeFileSync(join(folder, ".env"), "OPENAI_API_KEY=sk-very-secret\nREGION_NAME=north\n");

  const { stack, text } = deploy(".env");

  expect(text).not.toContain("sk-very-secret");
  expect(variables(stack, "worker.handler")).toMatchObject({ REGION_NAME: "north" });
  const [warning] = Annotations.fromStack(stack).findWarning("*", Match.anyValue());
  expect(warning?.entry.data).toMatch(/OPENAI_API_KEY looks like a secret.*aws ssm put-parameter/s);
});

test("references are told to the functions and may be read by them, and nothing else of the stores", () => {
  const { stack, text } = deploy(
    { OPENAI_API_KEY: "ssm:/app/openai" },
    { DB_PASSWORD: "secretsmanager:app/db#password" },
  );

  const worker = variables(stack, "worker.handler");
  expect(JSON.parse(String(worker["THREADLINE_PROJECT_SECRETS"]))).toEqual({
    OPENAI_API_KEY: "ssm:/app/openai",
    DB_PASSWORD: "secretsmanager:app/db#password",
  });
  expect(Object.keys(worker)).not.toContain("OPENAI_API_KEY");
  expect(text).toContain(":parameter/app/openai");
  expect(text).toContain(":secret:app/db-??????");
  expect(text.match(/"ssm:GetParameters"/g)).toHaveLength(2);
});

test("with LangSmith's tracing a run waits for its traces, unless the project says otherwise", () => {
  const key = { LANGSMITH_API_KEY: "ssm:/langsmith" };
  const backgrounds = [
    key,
    { ...key, LANGSMITH_TRACING: "true" },
    { LANGSMITH_TRACING: "true", LANGCHAIN_CALLBACKS_BACKGROUND: "true" },
  ].map((env) => variables(deploy(env).stack, "worker.handler")["LANGCHAIN_CALLBACKS_BACKGROUND"]);

  expect(backgrounds).toEqual([undefined, "false", "true"]);
});

test("S11: a project's variables arrive under any name that Lambda leaves free; what does not is told at synth", () => {
  const own = { TABLE_NAME: "orders", AUTH: "true", CORS: "*", QUEUE_URL: "amqp://q", AWS_BUCKET: "b", LAMBDA_X: "x" };
  const { stack } = deploy({
    ...own,
    AWS_REGION: "eu-west-1",
    THREADLINE_STREAM_CUT: "clean",
    AWS_ENDPOINT_URL: "http://l",
  });

  const worker = variables(stack, "worker.handler");
  expect(worker).toMatchObject({ ...own, THREADLINE_AUTH: "none" });
  expect(Object.keys(worker)).not.toEqual(expect.arrayContaining(["AWS_ENDPOINT_URL"]));
  const warnings = Annotations.fromStack(stack).findWarning("*", Match.anyValue());
  expect(warnings.map(({ entry }) => entry.data)).toEqual([
    expect.stringMatching(/AWS_REGION is set by Lambda/),
    expect.stringMatching(/THREADLINE_STREAM_CUT is a setting of this server/),
  ]);
});

test("a secret in plain text among the props, or a variable of ours, ends the synth", () => {
  expect(() => deploy({}, { OPENAI_API_KEY: "sk-very-secret" })).toThrow(/OPENAI_API_KEY looks like a secret/);
  expect(() => deploy({}, { THREADLINE_TABLE_NAME: "other" })).toThrow(
    /THREADLINE_TABLE_NAME is a setting of this server/,
  );
});

test.each([
  ["OPENAI_API_KEY", "abc", true],
  ["LANGSMITH_API_KEY", "lsv2_pt_1", true],
  ["GITHUB", "ghp_abcdef", true],
  ["DATABASE_URL", "postgres://me:pass@db/x", true],
  ["DATABASE_URL", "postgres://db/x", false],
  ["MAX_TOKENS", "4096", false],
  ["USE_TOKEN", "true", false],
  ["LANGSMITH_TRACING", "true", false],
  ["LANGSMITH_PROJECT", "mine", false],
  ["OPENAI_API_KEY", "ssm:/app/key", false],
])("%s=%s: a secret? %s", (name, value, expected) => {
  expect(looksSecret(name, value)).toBe(expected);
});
