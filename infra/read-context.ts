/**
 * Reads the `-c` options of our app as the construct's props. Unknown names and values are errors, so that a typing mistake deploys
 * nothing.
 */
import path from "node:path";
import { RemovalPolicy } from "aws-cdk-lib";
import { isOriginName, notAnOrigin } from "../functions/protocol/origin.ts";
import type { AgentServerProps, ServerAuth } from "./agent-server-props.ts";
import { SynthError } from "./synth-error.ts";

/** All options; infra/README.md explains them in a table. */
export const SWITCHES = [
  "config",
  "stack",
  "auth",
  "endpoint",
  "origin-secret",
  "sha256",
  "origins",
  "cpu",
  "image",
  "load",
  "memory",
  "api-memory",
  "retain",
  "errors",
  "webhooks",
  "concurrency",
  "streams",
  "public-url",
  "streams-per-key",
  "runs-per-key",
  "reads",
  "writes",
  "warm-reads",
  "warm-writes",
  "vector-index",
  "pad",
  "watch",
  "budget",
  "email",
  "topic",
  "dashboard",
  "tracing",
];

export interface Settings {
  stack: string;
  /** ARN of an SNS topic. */
  topic: string | undefined;
  props: Omit<AgentServerProps, "alarmTopic">;
}

/** The CDK's own names: feature flags, cached look-ups, and two options of its CLI that look like ours. */
const isCdks = (name: string): boolean =>
  /[:/@]/.test(name) || ["acknowledged-issue-numbers", "cli-telemetry"].includes(name);

/**
 * @param context all of the app: of the command line, of cdk.json, and the CDK's own
 * @throws SynthError that names the switch and what is wanted
 */
export function readContext(context: Readonly<Record<string, unknown>>): Settings {
  const switches = new Switches(context);
  const budget = budgetOf(switches);
  const memory = defined({
    api: switches.number("api-memory", 128, 10_240),
    worker: switches.number("memory", 128, 10_240),
  });
  const requestUnits = defined({
    read: switches.number("reads", 1, 1_000_000),
    write: switches.number("writes", 1, 1_000_000),
  });
  const warm = defined({
    read: switches.number("warm-reads", 12_000, 10_000_000),
    write: switches.number("warm-writes", 4_000, 10_000_000),
  });
  const origins = originsOf(switches);
  return {
    stack: switches.text("stack", /^[A-Za-z][A-Za-z0-9-]{0,127}$/, "letters, digits and hyphens") ?? "Threadline",
    topic: switches.text("topic", /^arn:[\w-]+:sns:/, "the ARN of an SNS topic"),
    props: {
      config: path.resolve(switches.text("config") ?? "langgraph.json"),
      image: switches.isOn("image"),
      load: switches.isOn("load", true),
      dashboard: switches.isOn("dashboard"),
      tracing: switches.isOn("tracing"),
      removalPolicy: switches.isOn("retain") ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      memory,
      requestUnits,
      pad: switches.isOn("pad"),
      watch: switches.isOn("watch", true),
      vectorIndex: switches.isOn("vector-index"),
      ...defined({
        auth: authOf(switches),
        endpoint: switches.oneOf("endpoint", ["function-url", "rest-api"]),
        originSecret: switches.oneOf("origin-secret", ["generated"]) && ("generated" as const),
        cors: origins && { origins },
        cpu: switches.oneOf("cpu", ["arm64", "x64"]),
        errorDetail: switches.oneOf("errors", ["show", "hide"]),
        webhookSecret: switches.oneOf("webhooks", ["signed"]) && ("generated" as const),
        maxConcurrency: switches.number("concurrency", 2, 1_000),
        apiConcurrency: switches.number("streams", 1, 100_000),
        publicUrl: switches.text("public-url", /^https:\/\/[^\s?#]+$/, "an address that begins with https://"),
        runsPerKey: switches.number("runs-per-key", 1, 1_000),
        streamsPerKey: switches.number("streams-per-key", 1, 1_000),
        budget,
        warmThroughput: Object.keys(warm).length > 0 ? warm : undefined,
      }),
    },
  };
}

class Switches {
  readonly #given = new Map<string, string>();

  constructor(context: Readonly<Record<string, unknown>>) {
    for (const [name, value] of Object.entries(context).filter(([key]) => !isCdks(key))) {
      if (!SWITCHES.includes(name))
        throw new SynthError(`-c ${name}: there is no such switch. There are ${SWITCHES.join(", ")}.`);
      // In cdk.json a value may be a number or a boolean; on the command line all are texts.
      if (!["string", "number", "boolean"].includes(typeof value) || value === "")
        throw new SynthError(`-c ${name}: a value is wanted.`);
      this.#given.set(name, String(value));
    }
  }

  text(name: string, form = /./, wanted = "a text"): string | undefined {
    const value = this.#given.get(name);
    if (value !== undefined && !form.test(value)) throw new SynthError(`-c ${name}=${value}: ${wanted} is wanted.`);
    return value;
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.#given.get(name);
    const known = values.find((one) => one === value);
    if (value !== undefined && known === undefined)
      throw new SynthError(`-c ${name}=${value}: one of ${values.join(", ")} is wanted.`);
    return known;
  }

  number(name: string, least: number, most: number): number | undefined {
    const value = this.#given.get(name);
    const number = Number(value);
    if (value !== undefined && !(Number.isInteger(number) && number >= least && number <= most))
      throw new SynthError(`-c ${name}=${value}: a number from ${least} to ${most} is wanted.`);
    return value === undefined ? undefined : number;
  }

  isOn(name: string, otherwise = false): boolean {
    return (this.oneOf(name, ["true", "false"]) ?? String(otherwise)) === "true";
  }
}

function originsOf(switches: Switches): string[] | undefined {
  const origins = switches.text("origins", /^\S+$/, "origins with commas")?.split(",");
  const wrong = origins?.find((one) => !isOriginName(one));
  if (wrong !== undefined) throw new SynthError(`-c origins: ${notAnOrigin(wrong)}.`);
  return origins;
}

function authOf(switches: Switches): ServerAuth | undefined {
  const auth = switches.oneOf("auth", ["key", "iam", "none"]);
  const form = /^[0-9a-f]{64}(,[0-9a-f]{64})*$/;
  const sha256 = switches.text("sha256", form, "the SHA-256 of a key in hexadecimal, or several with commas,");
  if (sha256 === undefined) return auth;
  if (auth === "iam" || auth === "none") throw new SynthError(`-c sha256: there are no keys with -c auth=${auth}.`);
  return { sha256: sha256.split(",") };
}

function budgetOf(switches: Switches): AgentServerProps["budget"] {
  const usd = switches.number("budget", 1, 1_000_000_000);
  const email = switches.text("email", /^[^\s@]+@[^\s@]+$/, "an e-mail address");
  if (email !== undefined && usd === undefined)
    throw new SynthError("-c email: is notified of a budget; give -c budget=USD.");
  return usd === undefined ? undefined : { usd, ...defined({ email }) };
}

/** Leaves out what is undefined. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
