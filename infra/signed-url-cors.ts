/**
 * CORS of a Function URL that accepts signed requests only. The URL answers preflights itself, by the project's `http.cors` and the
 * deployment's `origins`. The function must not add headers of its own: browsers refuse two answers.
 */
import { Annotations, Duration } from "aws-cdk-lib";
import { type FunctionUrlCorsOptions, HttpMethod } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { corsPolicy } from "../functions/http/server/cors.ts";
import { readConfig } from "../packaging/config/read-config.ts";
import type { AgentServerProps } from "./agent-server-props.ts";

/** `*` does not cover `authorization`, which every signed request has. */
const ANY_HEADER = ["*", "authorization"];
/** The longest that a Function URL accepts. */
const MAX_AGE_S = 86_400;

/** @returns undefined if no page may call */
export function signedUrlCors(
  scope: Construct,
  { config, cors }: AgentServerProps,
): FunctionUrlCorsOptions | undefined {
  const ofProject = readConfig(config).http.cors;
  const policy = corsPolicy(ofProject, cors?.origins);
  if (ofProject?.allow_origin_regex !== undefined && cors === undefined)
    Annotations.of(scope).addWarningV2(
      "threadline:origin-regex",
      'With auth: "iam" the URL answers for CORS and knows no patterns: "http.cors.allow_origin_regex" has no effect.',
    );
  if (!policy.any && policy.origins.length === 0) return undefined;
  const methods: Record<string, HttpMethod> = HttpMethod;
  return {
    allowedOrigins: policy.any ? ["*"] : [...policy.origins],
    allowedMethods: policy.methods.flatMap((method) => methods[method] ?? []),
    allowedHeaders: policy.headers === "asked" ? ANY_HEADER : [...policy.headers],
    exposedHeaders: [...policy.exposed],
    allowCredentials: policy.credentials,
    maxAge: Duration.seconds(Math.min(policy.maxAge, MAX_AGE_S)),
  };
}
