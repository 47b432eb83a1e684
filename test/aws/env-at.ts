/** The environment of a function whose AWS is one address. */
import { type Env, readEnv } from "../../functions/aws/env.ts";

export const envAt = (url: string, more: Record<string, string> = {}): Env =>
  readEnv({
    THREADLINE_TABLE_NAME: "table",
    THREADLINE_QUEUE_URL: `${url}/queue`,
    THREADLINE_PROJECT_DIR: "project",
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    ...more,
  });
