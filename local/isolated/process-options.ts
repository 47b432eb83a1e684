/** How the process of an environment is started: AWS's runtime client, our preload, and the variables that Lambda sets. */
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import type { FunctionConfig } from "./function-config.ts";

const CLIENT = createRequire(import.meta.url).resolve("aws-lambda-ric");
const PRELOAD = new URL("native-client.ts", import.meta.url).href;
/** MB. The value that functions can read; it is not enforced here. */
const MEMORY = "1024";

export interface ProcessRole {
  /** `host:port` of the runtime API. */
  api: string;
  /** The process's own /tmp. */
  temporary: string;
}

export function processOptions(
  config: FunctionConfig,
  { api, temporary }: ProcessRole,
): { args: string[]; env: NodeJS.ProcessEnv } {
  const { name, handler, taskRoot, variables } = config;
  return {
    args: ["--import", PRELOAD, CLIENT],
    env: {
      AWS_REGION: "us-east-1",
      ...variables,
      TMPDIR: temporary,
      AWS_LAMBDA_RUNTIME_API: api,
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: taskRoot,
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: MEMORY,
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: randomUUID(),
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    },
  };
}
