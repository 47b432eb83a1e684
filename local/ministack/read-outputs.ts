/** Reads the outputs of a stack on MiniStack. */
import { readFileSync } from "node:fs";

export interface Outputs {
  /** Without a slash at the end. */
  url: string;
  /** ARN or name of the secret with the key. */
  secret: string;
  /** The same of the secret that is sent as `x-origin-secret`; undefined if none is demanded. */
  originSecret: string | undefined;
  table: string;
  /** A shell command, made with the key. */
  tryWith: (key: string) => string;
}

/** @param construct id of the construct in its stack */
export function readOutputs(file: string, endpoint: string, construct: string): Outputs {
  const stacks = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, string>>;
  const outputs = Object.entries(Object.values(stacks)[0] ?? {});
  const valueOf = (part: string): string => outputs.find(([name]) => name.startsWith(`${construct}${part}`))?.[1] ?? "";
  const deployed = valueOf("Url");
  // MiniStack answers a Function URL under a path of its own, for the name that AWS gives it leads nowhere here.
  const url = `${endpoint}/_aws/lambda-url/${/^https:\/\/([a-z0-9]+)\./.exec(deployed)?.[1] ?? ""}`;
  const command = valueOf("KeyCommand");
  return {
    url,
    secret: /--secret-id (\S+)/.exec(command)?.[1] ?? "",
    originSecret: /--secret-id (\S+)/.exec(valueOf("OriginSecretCommand"))?.[1],
    table: valueOf("TableName"),
    tryWith: (key) => valueOf("Try").replace(deployed, `${url}/`).replace(`$(${command})`, key),
  };
}
