/** `npm start` with wrong arguments: one line that says what, and an exit code. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { start, startWith } from "../support/failed-start.ts";

const CONFIG = fileURLToPath(new URL("../fixtures/local/langgraph.json", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "threadline-wrong-start-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("wrong arguments", () => {
  test("--help prints how to use it", async () => {
    const { code, out } = await start("--help");

    expect(code).toBe(0);
    for (const flag of ["--config", "--port", "--data"]) expect(out).toContain(flag);
  });

  test.each([
    ["an unknown flag", ["--colour"], /--colour/],
    ["a flag without value", ["--config"], /--config/],
    ["a port that is none", ["--port", "http"], /--port: http is not a port/],
    ["a port out of range", ["--port", "70000"], /--port: 70000 is not a port/],
    ["a file that is not there", ["--config", "no/such/langgraph.json"], /no file .*no\/such\/langgraph\.json/],
    ["a folder without name", ["--data", ""], /--data: is empty/],
    ["a folder that cannot be", ["--data", "/dev/null/x"], /data folder \/dev\/null\/x cannot be used/],
    [
      "an origin with a path",
      ["--allow-origin", "https://x.com/"],
      /--allow-origin: https:\/\/x.com\/ is not an origin; .* \(https:\/\/x\.com\?\)/,
    ],
    [
      "an origin without scheme",
      ["--allow-origin", "localhost"],
      /--allow-origin: localhost is not an origin; .* \(http:\/\/localhost\?\)/,
    ],
    ["an origin that no page can have alone", ["--allow-origin", "null"], /--allow-origin: null is not an origin/],
    [
      "a host that is an address of a page",
      ["--allow-host", "https://x.com"],
      /--allow-host: https:.* is not a host name/,
    ],
    ["a host with a port", ["--allow-host", "box:2024"], /--allow-host: box:2024 is not a host name/],
    ["a host without name", ["--allow-host", ""], /--allow-host: is empty/],
    ["a time-out without --isolated", ["--timeout", "20"], /--timeout: goes with --isolated only/],
    ["a time-out that is none", ["--isolated", "--timeout", "soon"], /--timeout: soon is not a number from 1 to 900/],
  ])("%s", async (_, args, message) => {
    const { code, error } = await start(...args);

    expect(code).toBe(2);
    expect(error).toMatch(message);
    expect(error).not.toContain("    at ");
  });

  const KEYS = { AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any" };
  const NO_PROFILE = {
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
  const NOBODY = "http://127.0.0.1:1";

  test.each<[settings: Record<string, string>, code: number, line: string]>([
    [{ THREADLINE_VECTOR_INDEX: "on" }, 2, "THREADLINE_VECTOR_INDEX: langgraph.json has no store.index."],
    [{ THREADLINE_VECTOR_INDEX: "yes" }, 2, "THREADLINE_VECTOR_INDEX: yes is not one of on, off."],
    [
      { THREADLINE_STREAM_FLUSH_MS: "10001" },
      2,
      "THREADLINE_STREAM_FLUSH_MS: 10001 is not a number of milliseconds above 0, at most 10000.",
    ],
    [
      { THREADLINE_STREAM_RETENTION_HOURS: "a week" },
      2,
      "THREADLINE_STREAM_RETENTION_HOURS: a week is not a number of hours above 0, at most 8760.",
    ],
    [{ THREADLINE_AUTH: "maybe" }, 2, "THREADLINE_AUTH: maybe is not one of key, iam, none."],
    [
      { THREADLINE_LOG_LEVEL: "loud" },
      2,
      "THREADLINE_LOG_LEVEL: loud is not one of trace, debug, info, warn, error, critical, silent.",
    ],
    [
      { AWS_ENDPOINT_URL_DYNAMODB: "localhost:8000", ...KEYS },
      2,
      "AWS_ENDPOINT_URL_DYNAMODB: localhost:8000 is not a URL that begins with http:// or https://.",
    ],
    [
      { AWS_ENDPOINT_URL_DYNAMODB: NOBODY, ...NO_PROFILE },
      2,
      "AWS_ACCESS_KEY_ID: is not set, and AWS_ENDPOINT_URL_DYNAMODB asks for keys; emulators take any.",
    ],
    [
      { AWS_ENDPOINT_URL_DYNAMODB: NOBODY, AWS_ACCESS_KEY_ID: "any" },
      2,
      "AWS_SECRET_ACCESS_KEY: is not set, but AWS_ACCESS_KEY_ID is.",
    ],
    [
      { AWS_ENDPOINT_URL_DYNAMODB: NOBODY, ...KEYS },
      1,
      `AWS_ENDPOINT_URL_DYNAMODB: nothing answers at ${NOBODY} (ECONNREFUSED).`,
    ],
    [
      { AWS_ENDPOINT_URL_SQS: NOBODY, ...KEYS },
      1,
      `AWS_ENDPOINT_URL_SQS: nothing answers at ${NOBODY} (ECONNREFUSED).`,
    ],
  ])("R25, N11: %j: exit code %i, one line", async (settings, code, line) => {
    const data = mkdtempSync(join(folder, "wrong-"));

    const started = await startWith(settings, "--config", CONFIG, "--port", "0", "--data", data);

    expect({ code: started.code, error: started.error }).toEqual({ code, error: `${line}\n` });
  });

  test.each(["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SQS"])(
    "N11: what answers at %s and is something else is told by the variable, in one line",
    async (variable) => {
      const other = createHttpServer((_, answer) =>
        answer.writeHead(404, { "content-type": "text/html" }).end("<p>no"),
      );
      await once(other.listen(0, "127.0.0.1"), "listening");
      onTestFinished(() => void other.close());
      const { port } = other.address() as AddressInfo;
      const endpoint = `http://127.0.0.1:${port}`;
      const data = mkdtempSync(join(folder, "other-"));

      const settings = { [variable]: endpoint, ...KEYS };
      const { code, error } = await startWith(settings, "--config", CONFIG, "--port", "0", "--data", data);

      expect(error).toMatch(new RegExp(`^${variable}: ${endpoint} does not answer as AWS does \\(.+\\)\\.\n$`));
      expect(code).toBe(1);
    },
  );

  test.each([
    ["THREADLINE_ISOLATED_CONCURRENCY", "0", "a number from 1 to 1000"],
    ["THREADLINE_ISOLATED_MID_STREAM_ERROR", "x", "abort or clean"],
    ["THREADLINE_ISOLATED_HOLD_LAST_CHUNK", "yes", "on or off"],
  ])("R25: %s=%s: exit code 2, one line", async (name, value, wanted) => {
    const { code, error } = await startWith({ [name]: value }, "--isolated", "--config", CONFIG);

    expect({ code, error }).toEqual({ code: 2, error: `${name}: ${value} is not ${wanted}.\n` });
  });

  test("a config that is no JSON", async () => {
    const config = join(folder, "langgraph.json");
    writeFileSync(config, "{ graphs:");

    const { code, error } = await start("--config", config, "--port", "0");

    expect(code).not.toBe(0);
    expect(error).toContain(config);
    expect(error).not.toContain("    at ");
  });

  test("a taken port", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" ? String(address?.port) : "";

    const { code, error } = await start("--config", CONFIG, "--port", port, "--data", join(folder, "taken-port"));
    other.close();

    expect(code).toBe(1);
    expect(error).toMatch(new RegExp(`Port ${port} is taken`));
  });
});
