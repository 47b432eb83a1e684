/** What is read from Secrets Manager and Parameter Store, with the SDK's own clients. */
import { inspect } from "node:util";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Env, readEnv } from "../../functions/aws/env.ts";
import { readClientKeys } from "../../functions/aws/secrets/client-keys.ts";
import { readProjectSecrets } from "../../functions/aws/secrets/project-secrets.ts";
import { createSecretsClient } from "../../functions/aws/secrets/secret-clients.ts";
import { createPorts } from "../../functions/host/backend.ts";
import { authSettings } from "../../functions/host/client-keys.ts";
import { systemClock as clock } from "../../functions/host/clock-and-ids.ts";
import { webhookSecret } from "../../functions/host/webhook-secret.ts";
import { sign } from "../../functions/outbound/webhook-sender.ts";
import { silentLogger } from "../http/silent-logger.ts";
import { startStores, type Stores } from "./stand-in-stores.ts";

let stores: Stores;
beforeEach(async () => {
  stores = await startStores();
});
afterEach(() => stores.stop());

const envWith = (references: Record<string, string> = {}, variables: Record<string, string> = {}): Env =>
  readEnv({
    THREADLINE_TABLE_NAME: "t",
    THREADLINE_QUEUE_URL: "q",
    THREADLINE_PROJECT_DIR: "p",
    AWS_ENDPOINT_URL: stores.endpoint,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    THREADLINE_PROJECT_SECRETS: JSON.stringify(references),
    ...variables,
  });
const read = () => readClientKeys(createSecretsClient(envWith()), "arn:key");
const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("keys of clients", () => {
  test("one before the first rotation, then the current and the previous one", async () => {
    stores.secrets["arn:key"] = { AWSCURRENT: "one" };
    const before = await read();

    stores.secrets["arn:key"] = { AWSCURRENT: "two", AWSPREVIOUS: "one" };
    const after = await read();

    expect(before).toEqual([{ sha256: hash("one") }]);
    expect(after).toEqual([{ sha256: hash("two") }, { sha256: hash("one") }]);
  });

  test.each([[{}], [{ AWSPREVIOUS: "one" }], [{ AWSCURRENT: "" }]])(
    "none without a current one: %o",
    async (versions) => {
      stores.secrets["arn:key"] = versions;

      await expect(read()).rejects.toThrow(/no such secret|no key/);
    },
  );
});

describe("keys with names", () => {
  const named = { web: hash("w"), jobs: { sha256: [hash("j1"), hash("j2")], streams: 5 } };

  test("are those of the current version alone, so that one that is taken out is refused", async () => {
    stores.secrets["arn:key"] = { AWSCURRENT: ` ${JSON.stringify(named)}`, AWSPREVIOUS: "one" };

    expect(await read()).toEqual([
      { sha256: hash("w"), name: "web" },
      { sha256: hash("j1"), name: "jobs", streams: 5 },
      { sha256: hash("j2"), name: "jobs", streams: 5 },
    ]);
  });

  test.each([
    "{",
    "{}",
    '{"web":"the key itself"}',
    JSON.stringify({ "no name!": hash("w") }),
    JSON.stringify({ web: { sha256: [] } }),
    JSON.stringify({ web: { sha256: hash("w"), streams: 0 } }),
    JSON.stringify({ web: { sha256: hash("w"), stream: 5 } }),
  ])("open nothing if they are not understood, and the text is not shown: %s", async (AWSCURRENT) => {
    stores.secrets["arn:key"] = { AWSCURRENT, AWSPREVIOUS: "one" };

    await expect(read()).rejects.toThrow(/^the secret is not JSON of names .*"streams": 5\}\}$/);
  });

  test("are a setting, too", () => {
    const of = (text: string) => envWith({}, { THREADLINE_API_KEYS: text }).auth;

    expect(of(JSON.stringify(named))).toMatchObject({ named: [{ name: "web" }, { name: "jobs" }, { name: "jobs" }] });
    expect(() => of('{"web":"the key itself"}')).toThrow(/^THREADLINE_API_KEYS: is not JSON of names (?!.*itself)/);
  });
});

describe("A3: the settings of the API", () => {
  const built = () =>
    authSettings(envWith({}, { THREADLINE_API_KEY_SECRET_ARN: "arn:key" }), { logger: silentLogger() }, clock);

  test("have read the keys when they are built, so that the first request need not", async () => {
    stores.secrets["arn:key"] = { AWSCURRENT: "one" };

    const settings = await built();
    const askedBefore = [...stores.asked];
    const keys = settings.kind === "key" ? await settings.stored?.known() : undefined;

    expect(askedBefore).toContain("GetSecretValue");
    expect([keys, stores.asked]).toEqual([[{ sha256: hash("one") }], askedBefore]);
  });

  test("are built without them, too: who asks is told, the function does not fail", async () => {
    const settings = await built();

    expect(settings.kind === "key" && settings.stored).toBeTruthy();
  });
});

describe("the secret of webhooks", () => {
  const secretOf = (variables: Record<string, string>): (() => Promise<string>) | undefined =>
    webhookSecret(envWith({}, variables), { clock, logger: silentLogger() });

  test("is absent, a setting, or the current text of a secret, which is read once however often it is asked for", async () => {
    stores.secrets["arn:hooks"] = { AWSCURRENT: "new", AWSPREVIOUS: "old" };
    const stored = secretOf({ THREADLINE_WEBHOOK_SECRET: "ignored", THREADLINE_WEBHOOK_SECRET_ARN: "arn:hooks" });

    const texts = await Promise.all([stored?.(), stored?.(), secretOf({ THREADLINE_WEBHOOK_SECRET: "text" })?.()]);

    expect(texts).toEqual(["new", "new", "text"]);
    expect(secretOf({})).toBeUndefined();
    expect(stores.asked).toEqual(["GetSecretValue"]);
  });

  test("signs what the functions send, and what it cannot sign is not sent", async () => {
    const folder = mkdtempSync(join(tmpdir(), "threadline-signed-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const manifest = { version: 1, config_dir: ".", graphs: {}, bridges: {}, built_at: "2026-01-01T00:00:00.000Z" };
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
    const seen: string[] = [];
    const receiver = createServer((request, response) => {
      request.resume();
      seen.push(String(request.headers["x-threadline-signature"]));
      response.end();
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    onTestFinished(() => void receiver.close());
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const senderOf = async (THREADLINE_WEBHOOK_SECRET_ARN: string) => {
      const env = envWith(
        {},
        { THREADLINE_PROJECT_DIR: folder, THREADLINE_WEBHOOK_HOSTS: "any", THREADLINE_WEBHOOK_SECRET_ARN },
      );
      return (await createPorts(env, { logger: silentLogger() })).sender;
    };
    stores.secrets["arn:hooks"] = { AWSCURRENT: "s3cret" };

    const [able, unable] = [await senderOf("arn:hooks"), await senderOf("arn:none")];
    const limits = { timeout: 10_000 };
    const results = [await able.send(url, "{}", limits), await unable.send(url, "{}", limits)];

    const [signature = ""] = seen;
    expect(results).toEqual(["delivered", "failed"]);
    expect(seen).toHaveLength(1);
    expect(signature).toBe(sign("s3cret", Number(/^t=(\d+),/.exec(signature)?.[1]) * 1_000, "{}"));
  });

  test.each([[{}], [{ AWSCURRENT: "" }]])("rejects without a text: %o", async (versions) => {
    stores.secrets["arn:hooks"] = versions;

    await expect(secretOf({ THREADLINE_WEBHOOK_SECRET_ARN: "arn:hooks" })?.()).rejects.toThrow(
      /no such secret|no text/,
    );
  });
});

describe("secrets of a project", () => {
  test("from both stores, whole and by field, in as few calls as they take", async () => {
    stores.secrets["app/db"] = { AWSCURRENT: '{ "password": "p", "user": "u" }' };
    for (let i = 0; i < 12; i++) stores.parameters[`/app/${i}`] = `value ${i}`;
    const parameters = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`P${i}`, `ssm:/app/${i}`]));

    const values = await readProjectSecrets(
      envWith({ ...parameters, DB: "secretsmanager:app/db", PASSWORD: "secretsmanager:app/db#password" }),
    );

    expect(values).toMatchObject({ P0: "value 0", P11: "value 11", PASSWORD: "p" });
    expect(values["DB"]).toContain('"user"');
    expect(stores.asked.toSorted()).toEqual(["GetParameters", "GetParameters", "GetSecretValue"]);
  });

  test.each(["ssm:/app/x", "secretsmanager:x"])(
    "%s without the right to read it: role and account are not told",
    async (reference) => {
      stores.denied = "User: arn:aws:sts::123456789012:assumed-role/worker is not authorized";
      onTestFinished(() => void delete stores.denied);

      const error = await readProjectSecrets(envWith({ KEY: reference })).catch((cause: unknown) => cause);

      expect(String(error)).toMatch(/KEY .* AccessDeniedException: the function has no right to read it$/);
      expect(inspect(error)).not.toContain("arn:");
    },
  );

  test.each([
    ["ssm:/app/none", /KEY \(ssm:\/app\/none\) cannot be read: .*none of that name/],
    ["secretsmanager:none", /KEY \(secretsmanager:none\) cannot be read: ResourceNotFoundException/],
    ["secretsmanager:text#field", /KEY \(secretsmanager:text#field\) cannot be read/],
    ["secretsmanager:object#other", /the secret has no text "other"/],
  ])("%s: says what is missing, and no value", async (reference, message) => {
    stores.secrets["text"] = { AWSCURRENT: "very secret" };
    stores.secrets["object"] = { AWSCURRENT: '{ "field": "very secret" }' };

    const error = await readProjectSecrets(envWith({ KEY: reference })).catch((cause: unknown) => cause);

    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain("very secret");
  });

  test("without a reference no store is asked, and a text that is no reference is refused", async () => {
    expect(await readProjectSecrets(envWith())).toEqual({});
    expect(stores.asked).toEqual([]);
    expect(() => envWith({ KEY: "plain" })).toThrow(/THREADLINE_PROJECT_SECRETS/);
  });
});
