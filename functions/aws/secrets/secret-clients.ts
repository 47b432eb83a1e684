/** SDK clients for secrets. In a file of their own, so that they are loaded only when there is a secret to read. */
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Env } from "../env.ts";
import { connection } from "../table/clients.ts";

export const createSecretsClient = (env: Env): SecretsManagerClient =>
  new SecretsManagerClient(connection(env, env.aws.endpoint));

export const createParametersClient = (env: Env): SSMClient => new SSMClient(connection(env, env.aws.endpoint));
