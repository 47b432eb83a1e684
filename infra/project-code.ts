/** The code of the functions: the project's artefact, as a ZIP or an image. It is built at synth unless it exists. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Annotations, Stack } from "aws-cdk-lib";
import { Platform } from "aws-cdk-lib/aws-ecr-assets";
import { Architecture, Code, Handler, Runtime } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { AgentServerProps } from "./agent-server-props.ts";
import type { BuildOrder } from "./print-artefact.ts";
import { SynthError } from "./synth-error.ts";

/** A run that tries a deployment, with an input in the graph's channels. */
export interface SampleRun {
  assistant_id: string;
  input: unknown;
}

type Built = NonNullable<AgentServerProps["artefact"]> & { sample?: SampleRun };
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SCRIPT = here("print-artefact.ts");
/** The first that runs the sources of Threadline as they are. */
const NODE_MAJOR = 24;

export interface ProjectCode {
  architecture: Architecture;
  /** Undefined where no graph was loaded, or a factory makes it. */
  sample?: SampleRun | undefined;
  /** The code of a function with this handler. */
  of(handler: string): { code: Code; handler: string; runtime: Runtime };
}

/** @throws SynthError for a project that cannot be built, with what is wrong with it */
export function projectCode(scope: Construct, props: AgentServerProps): ProjectCode {
  const arm = (props.cpu ?? "arm64") === "arm64";
  const architecture = arm ? Architecture.ARM_64 : Architecture.X86_64;
  const runtime = Runtime.NODEJS_24_X;
  // False for commands that synthesise but do not deploy this stack, for example `cdk destroy`.
  if (!Stack.of(scope).bundlingRequired)
    return { architecture, of: (handler) => ({ code: Code.fromInline("// not built"), handler, runtime }) };

  const { folder, warnings, sample }: Built = props.artefact ?? build(props);
  for (const warning of warnings) Annotations.of(scope).addWarningV2("threadline:artefact", warning);
  if (!props.image) {
    const code = Code.fromAsset(folder);
    return { architecture, sample, of: (handler) => ({ code, handler, runtime }) };
  }
  const platform = arm ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64;
  return {
    architecture,
    sample,
    of: (handler) => ({
      code: Code.fromAssetImage(folder, { cmd: [handler], platform }),
      handler: Handler.FROM_IMAGE,
      runtime: Runtime.FROM_IMAGE,
    }),
  };
}

function build({ config, cpu = "arm64", image = false, load = true, environment = {} }: AgentServerProps): Built {
  const order: BuildOrder = { config, cpu, image, load, environment };
  const args = [SCRIPT, JSON.stringify(order)];
  const { status, stdout, stderr } = spawnSync(newNode(), args, { encoding: "utf8", maxBuffer: 64_000_000 });
  if (status !== 0) throw new SynthError(`The project of ${config} cannot be deployed: ${stderr.trim()}`);
  return JSON.parse(stdout) as Built;
}

/** The app may run on an older Node than the one that is installed in this checkout. */
function newNode(): string {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) return process.execPath;
  const own = here("../node_modules/node/bin/node");
  if (existsSync(own)) return own;
  throw new SynthError(`Threadline needs Node ${NODE_MAJOR} here, or: cd ${here("..")} && npm ci`);
}
