/** `npm start -- --https`: HTTP/2 with a certificate of this machine, HTTP/1.1 for who speaks that alone, graphs that call their server. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, constants } from "node:http2";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownCertificate } from "../../local/certificate.ts";
import { startServer, type TestServer } from "../support/server.ts";

/** Its graphs call their own server. */
const CALLS = "test/fixtures/projects/clients/langgraph.json";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "threadline-https-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("its certificate is kept, for its owner alone, and made anew if it is broken", async () => {
  const first = await ownCertificate(folder);
  expect(statSync(join(folder, "certificate-key.pem")).mode & 0o077).toBe(0);

  expect(await ownCertificate(folder)).toEqual(first);
  writeFileSync(first.path, "broken");
  const second = await ownCertificate(folder);

  expect(second.cert).not.toBe(first.cert);
  expect(readFileSync(second.path, "utf8")).toBe(second.cert);
});

describe("a server", () => {
  let data: string;
  let server: TestServer;
  let ca: string;
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), "threadline-https-data-"));
    server = await startServer({ config: CALLS, data, https: true });
    ca = readFileSync(join(data, "certificate.pem"), "utf8");
  });
  afterAll(async () => {
    await server.stop();
    rmSync(data, { recursive: true });
  });

  const JSON_TYPE = { "content-type": "application/json" };

  test("speaks HTTP/2: twenty streams on one connection, each with its events and its end", async () => {
    const session = connect(server.url, { ca });
    const body = JSON.stringify({
      assistant_id: "parent",
      input: { job: "stream", way: "PORT" },
      stream_mode: "values",
    });
    const asked = Array.from({ length: 20 }, async () => {
      const stream = session.request({ ":method": "POST", ":path": "/runs/stream", ...JSON_TYPE });
      stream.end(body);
      const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
      return { status: headers[":status"], events: await text(stream) };
    });

    const answers = await Promise.all(asked);
    session.close();

    for (const { status, events } of answers) {
      expect(status).toBe(200);
      expect(events).toContain('"events":["metadata"');
    }
    expect(session.alpnProtocol).toBe("h2");
  });

  test("speaks HTTP/1.1, and tells the address by which it was asked", async () => {
    const answered = Promise.withResolvers<string>();
    request(`${server.url}/a2a/child/.well-known/agent-card.json`, { ca }, (answer) =>
      answered.resolve(text(answer)),
    ).end();

    expect(await answered.promise).toContain(`"url":"${server.url}/a2a/`);
  });

  test("refuses whoever comes by a foreign name", async () => {
    const session = connect(server.url, { ca });
    const stream = session.request({ ":path": "/ok", ":authority": "evil.example.com" });
    const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
    stream.close(constants.NGHTTP2_NO_ERROR);
    session.close();

    expect(headers[":status"]).toBe(403);
  });
});
