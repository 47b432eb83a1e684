/** The API Lambda, behind a Function URL or a REST API that streams. Must not load a graph before a request needs one. */
import { type Env, readEnv } from "./aws/env.ts";
import { once } from "./core/once.ts";
import { createPorts, type Host } from "./host/backend.ts";
import { authSettings, originSecret } from "./host/client-keys.ts";
import { lambdaHost, measured } from "./host/lambda-host.ts";
import { inInit, openConnection } from "./host/lambda-init.ts";
import { readPageFiles } from "./host/page-files.ts";
import { startOwnServer } from "./host/own-server.ts";
import { readyMadeUsers } from "./host/ready-made-users.ts";
import { streamCap } from "./host/stream-cap.ts";
import { VERSION } from "./host/version.ts";
import { serveFunctionUrl, streamed, type UrlHandler } from "./http/edge/function-url.ts";
import type { App } from "./http/edge/request-context.ts";
import { behindOrigin } from "./http/server/behind-origin.ts";
import { mounted } from "./http/server/mount-prefix.ts";
import { createApp } from "./http/server/app.ts";

/** @throws Error without a key, unless THREADLINE_AUTH=none says so */
export async function create(env: Env, host: Host): Promise<App> {
  const ports = await createPorts(env, host);
  const auth = await authSettings(env, host, ports.clock);
  const users = await readyMadeUsers(env, ports);
  const cap = streamCap(env, ports);
  const { cors, compress, replay, publicUrl } = env;
  const page = env.watch && { page: host.pageFiles ?? readPageFiles };
  return createApp({
    ports,
    settings: {
      auth,
      cors,
      compress,
      replay,
      version: VERSION,
      ...(publicUrl !== undefined && { publicUrl }),
      ...(cap && { cap }),
      ...page,
      ...users,
      studio: host.studio === true,
    },
  });
}

const built = once(async () => {
  const env = readEnv(process.env);
  const host = await lambdaHost(env);
  const { streamCut: cut, streamPad: pad } = env;
  const ports = await createPorts(env, host);
  const [app, origin] = await Promise.all([
    create(env, host),
    originSecret(env, host, ports.clock),
    // Own routes may call the API, as graphs do.
    ports.engine.app() && startOwnServer(env, host),
  ]);
  const below = mounted(app, () => ports.engine.http().mount_prefix);
  const reached = origin ? behindOrigin(below, origin) : below;
  const serve: UrlHandler = serveFunctionUrl(reached, { logger: host.logger, cut, pad });
  return { handle: measured(serve, host), ports };
});
export const handler = streamed(async (event, stream, context) => (await built()).handle(event, stream, context));

await inInit(async () => {
  const { ports } = await built();
  await Promise.all([openConnection(ports), ports.engine.auth()?.prepare(), ports.engine.app()?.prepare()]);
});
