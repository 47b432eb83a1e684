/** What a webhook may reach, and what it carries. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createWebhookSender, sign } from "../../functions/http/webhook-sender.ts";
import { isPrivateAddress } from "../../functions/http/private-address.ts";
import { WEBHOOK_SLOW_FOR, WEBHOOK_TIMEOUT } from "../../functions/core/timings.ts";
import { systemClock as clock } from "../../functions/clock-and-ids.ts";

const limits = { timeout: WEBHOOK_TIMEOUT };

describe("isPrivateAddress", () => {
  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "::",
    "::127.0.0.1",
    "fe80::1",
    "fec0::1",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
  ])("%s is", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(["1.1.1.1", "172.32.0.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1"])("%s is not", (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

describe("a public policy", () => {
  const sender = createWebhookSender({ hosts: "public", clock });

  it.each([
    ["/relative", /absolute/],
    ["ftp://example.com", /https/],
    ["http://example.com", /https/],
    ["https://127.0.0.1/x", /blocked/],
    ["https://[::1]/x", /blocked/],
    ["https://localhost./x", /blocked/],
    ["https://localhost/x", /blocked/],
    ["https://169.254.169.254/latest/meta-data", /blocked/],
    ["https://2130706433/", /blocked/],
  ])("complains of %s", async (url, complaint) => {
    expect(sender.complaint(url)).toMatch(complaint);
    expect(await sender.send(url, "{}", limits)).toBe("refused");
  });

  it("takes a public one", () => {
    expect(sender.complaint("https://example.com/hook?x=1")).toBeUndefined();
  });
});

describe("a delivery", () => {
  const sender = createWebhookSender({ hosts: "any", clock, secret: async () => "s3cret" });
  let server: Server;
  let url: string;
  const seen: { request: IncomingMessage; body: string }[] = [];
  let answer = { status: 200, location: "" };
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        seen.push({ request, body });
        response.writeHead(answer.status, answer.location ? { location: answer.location } : {}).end();
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    seen.length = 0;
    answer = { status: 200, location: "" };
  });

  it("is signed over its time and body", async () => {
    expect(await sender.send(url, '{"a":1}', limits)).toBe("delivered");

    const signature = String(seen[0]?.request.headers["x-threadline-signature"]);
    const seconds = Number(/^t=(\d+),/.exec(signature)?.[1]);
    expect(signature).toBe(sign("s3cret", seconds * 1_000, '{"a":1}'));
    expect(seen[0]?.body).toBe('{"a":1}');
    expect(seen[0]?.request.headers["content-type"]).toBe("application/json");
  });

  it("is not sent unsigned while the secret cannot be read", async () => {
    const secret = (): Promise<string> => Promise.reject(new Error("AccessDenied"));
    const locked = createWebhookSender({ hosts: "any", clock, secret });

    expect(await locked.send(url, "{}", limits)).toBe("failed");
    expect(seen).toEqual([]);
  });

  it("does not follow a redirect, which is a failure", async () => {
    answer = { status: 302, location: url };

    expect(await sender.send(url, "{}", limits)).toBe("failed");
    expect(seen).toHaveLength(1);
  });

  it.each([404, 500, 503])("fails on %i", async (status) => {
    answer = { status, location: "" };

    expect(await sender.send(url, "{}", limits)).toBe("failed");
  });

  it("goes by TLS however the scheme is spelled", async () => {
    expect(await sender.send(url.replace("http:", "HTTPS:"), "{}", limits)).toBe("failed");
    expect(seen).toHaveLength(0);
  });

  it("fails when nobody listens", async () => {
    expect(await sender.send("http://127.0.0.1:1/", "{}", limits)).toBe("failed");
  });
});

describe("R17: an endpoint that does not answer", () => {
  const hangs = async () => {
    const server = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  };

  it("has failed when its time is over, and is known to be slow, whatever its query", async () => {
    const sender = createWebhookSender({ hosts: "any", clock });
    const url = await hangs();

    expect(sender.isSlow(url)).toBe(false);
    expect(await sender.send(`${url}?token=a`, "{}", { timeout: 20 })).toBe("failed");
    expect([url, `${url}?token=b`, `${url}/other`].map(sender.isSlow)).toEqual([true, true, false]);
  });

  it("is asked again after a while", async () => {
    let now = 0;
    const sender = createWebhookSender({ hosts: "any", clock: { ...clock, monotonic: () => now } });
    const url = await hangs();
    await sender.send(url, "{}", { timeout: 20 });

    now += WEBHOOK_SLOW_FOR;

    expect(sender.isSlow(url)).toBe(false);
  });

  it("is not slow because we stop", async () => {
    const sender = createWebhookSender({ hosts: "any", clock });
    const url = await hangs();
    const stopping = new AbortController();

    const sent = sender.send(url, "{}", { ...limits, signal: stopping.signal });
    stopping.abort();

    expect(await sent).toBe("failed");
    expect(sender.isSlow(url)).toBe(false);
  });
});
