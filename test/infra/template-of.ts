/** The construct's template for props, and what the tests ask of it. Nothing is built: the artefact is a folder with a langgraph.json. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { AgentServerProps } from "../../infra/agent-server-props.ts";
import { AgentServer } from "../../infra/agent-server.ts";

let folder: string | undefined;
const made: string[] = [];
/** For `afterAll` of each file that uses this one: files share a process, in which a hook of this module is the first file's alone. */
export function removeFolders(): void {
  for (const each of made.splice(0)) rmSync(each, { recursive: true, force: true });
  folder = undefined;
}

/** Goes with `removeFolders`. */
export function newFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "threadline-infra-"));
  made.push(path);
  return path;
}

/** One for all templates of a test file. */
export function projectFolder(): string {
  if (folder === undefined) {
    folder = newFolder();
    writeFileSync(join(folder, "langgraph.json"), '{ "graphs": { "chat": "./chat.ts:graph" } }');
  }
  return folder;
}

/** In an app of its own, whose output goes with `removeFolders`. */
export const testStack = (): Stack => new Stack(new App({ outdir: newFolder() }), "Test");

/** Of a stack `Test` with a server `AgentServer`. */
export function templateOf(props: Partial<AgentServerProps> = {}, stack = testStack()): Template {
  const artefact = { folder: projectFolder(), warnings: [] };
  new AgentServer(stack, "AgentServer", { config: join(projectFolder(), "langgraph.json"), artefact, ...props });
  return Template.fromStack(stack);
}

interface Statement {
  Action: string | string[];
  Resource: unknown;
}

const functionOf = (template: Template, Handler: string): Record<string, unknown> | undefined =>
  Object.values(template.findResources("AWS::Lambda::Function", { Properties: { Handler } }))[0]?.["Properties"];

/** What a function's role may do, and on what, by action. */
export function rightsOf(template: Template, handler: string): Map<string, unknown[]> {
  const role = functionOf(template, handler)?.["Role"] as { "Fn::GetAtt": string[] };
  const policies = Object.values(template.findResources("AWS::IAM::Policy")).filter(({ Properties }) =>
    (Properties["Roles"] as { Ref: string }[]).some(({ Ref }) => Ref === role["Fn::GetAtt"][0]),
  );
  const statements = policies.flatMap(({ Properties }) => Properties["PolicyDocument"]["Statement"] as Statement[]);
  const rights = new Map<string, unknown[]>();
  for (const { Action, Resource } of statements)
    for (const action of [Action].flat()) rights.set(action, [...(rights.get(action) ?? []), Resource].flat());
  return rights;
}

export function variablesOf(template: Template, handler: string): Record<string, unknown> {
  const environment = functionOf(template, handler)?.["Environment"] as { Variables?: Record<string, unknown> };
  return environment?.Variables ?? {};
}
