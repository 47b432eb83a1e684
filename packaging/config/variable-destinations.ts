/**
 * Decides where a variable of a project's `env` goes on AWS: into the settings of the functions, into the artefact if settings cannot have
 * it, or nowhere if Lambda sets it.
 */
import { PREFIX, Variables } from "../../functions/aws/env.ts";

/** Variables that Lambda sets itself (its list of reserved variables). It refuses templates that name one. */
const LAMBDAS = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_DEFAULT_REGION",
  "AWS_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_MAX_CONCURRENCY",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_TASK_ROOT",
  "LAMBDA_RUNTIME_DIR",
]);

/** Why a variable does not reach graphs, as a text that follows its name; undefined for those that do. */
export function whyRefused(name: string): string | undefined {
  if (name.startsWith(PREFIX)) return "is a setting of this server, not of graphs: infra/README.md says how it is set";
  return LAMBDAS.has(name) ? "is set by Lambda" : undefined;
}

/** Settings have names of letters, digits and _. In them AWS's own variables would move the server's table and queue, too. */
export function destinationOf(name: string, value: string): "settings" | "artefact" | "nowhere" {
  if (whyRefused(name) !== undefined) return "nowhere";
  return /^[a-zA-Z]\w+$/.test(name) && !(name in Variables.shape) && value !== "" ? "settings" : "artefact";
}
