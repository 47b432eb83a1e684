/** What the roles of the deployed functions may do, beside what was seen to be used. Must not ask the emulator: it reads the template. */
import { readFileSync } from "node:fs";

export type Role = "api" | "worker" | "sweeper";

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}
interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

/** Done by Lambda itself in a function's name, or to write its log: nothing that passes the proxy. */
const BY_LAMBDA = /^(?:logs|xray):|^sqs:(?!SendMessage)/;

/** Actions by function, as the proxy names them. */
export function grantedBy(templateFile: string): Record<Role, string[]> {
  const { Resources } = JSON.parse(readFileSync(templateFile, "utf8")) as { Resources: Record<string, Resource> };
  const of = (role: Role): string[] => {
    const policies = Object.entries(Resources).filter(
      ([id, { Type }]) => Type === "AWS::IAM::Policy" && id.includes(`${role}role`),
    );
    const statements = policies.flatMap(
      ([, { Properties }]) =>
        (Properties?.["PolicyDocument"] as { Statement: Statement[] } | undefined)?.Statement ?? [],
    );
    const actions = statements.flatMap(({ Action, Resource: on }) => {
      const indexes = [...JSON.stringify(on).matchAll(/\/index\/([\w-]+)/g)].map(([, index]) => index);
      const suffixes = indexes.length ? indexes.map((index) => ` ${index}`) : [""];
      return [Action].flat().flatMap((action) => suffixes.map((suffix) => action + suffix));
    });
    return [...new Set(actions)].filter((action) => !BY_LAMBDA.test(action)).toSorted(byText);
  };
  return { api: of("api"), worker: of("worker"), sweeper: of("sweeper") };
}

/** Which access key is whose: only the prober scans, and of those that ask what is due only the API reads a secret, its keys. */
export function usedBy(recorded: ReadonlyMap<string, ReadonlySet<string>>): Record<Role, string[]> {
  const all = [...recorded.values()];
  const isClock = (used: ReadonlySet<string>): boolean =>
    used.has("dynamodb:Query by-due") && !used.has("secretsmanager:GetSecretValue");
  const isWorker = (used: ReadonlySet<string>): boolean => used.has("dynamodb:Scan");
  const found = (wanted: (used: ReadonlySet<string>) => boolean): string[] =>
    [...new Set(all.filter(wanted).flatMap((used) => [...used]))].toSorted(byText);
  return {
    sweeper: found(isClock),
    worker: found(isWorker),
    api: found((used) => !isClock(used) && !isWorker(used)),
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);
