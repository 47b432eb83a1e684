/** The sweeper Lambda: each minute it handles everything that is due. */
import { type Env, readEnv } from "./aws/env.ts";
import { once } from "./core/once.ts";
import { sweep } from "./core/sweep.ts";
import { createPorts, type Host } from "./host/backend.ts";
import { lambdaHost, measured } from "./host/lambda-host.ts";

export async function create(env: Env, host: Host): Promise<() => Promise<void>> {
  const ports = await createPorts(env, host);
  return async () => {
    const due = await sweep(ports, host.stopping);
    if (due > 0) ports.logger.info("swept", { due });
  };
}

const built = once(async () => {
  const env = readEnv(process.env);
  const host = await lambdaHost(env);
  return measured(await create(env, host), host);
});
export const handler = async (): Promise<void> => (await built())();
