/** What a webhook may reach, and what it carries. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { WEBHOOK_SLOW_FOR, WEBHOOK_TIMEOUT } from "../../functions/core/webhook/timings.ts";
import type { WebhookSender } from "../../functions/core/webhook/webhook-ports.ts";
import { systemClock as clock } from "../../functions/host/clock-and-ids.ts";
import { isPrivateAddress } from "../../functions/outbound/private-address.ts";
import { createWebhookSender, type Resolve, sign } from "../../functions/outbound/webhook-sender.ts";

const limits = { timeout: WEBHOOK_TIMEOUT };

describe("isPrivateAddress", () => {
  it.each([
    "172.31.0.1",
    "169.254.169.254",
    "::127.0.0.1",
    "fec0::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "4000::1",
  ])("%s is", (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(["1.1.1.1", "172.32.0.1", "8.8.8.8", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:1.1.1.1"])(
    "%s is not",
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );
});

/** First and last addresses of every block of IANA's special-purpose registries of IPv4 and IPv6, and of multicast. */
const SPECIAL: Record<string, [first: string, last: string]> = {
  "0.0.0.0/8": ["0.0.0.0", "0.255.255.255"],
  "0.0.0.0/32": ["0.0.0.0", "0.0.0.0"],
  "10.0.0.0/8": ["10.0.0.0", "10.255.255.255"],
  "100.64.0.0/10": ["100.64.0.0", "100.127.255.255"],
  "127.0.0.0/8": ["127.0.0.0", "127.255.255.255"],
  "169.254.0.0/16": ["169.254.0.0", "169.254.255.255"],
  "172.16.0.0/12": ["172.16.0.0", "172.31.255.255"],
  "192.0.0.0/24": ["192.0.0.0", "192.0.0.255"],
  "192.0.0.0/29": ["192.0.0.0", "192.0.0.7"],
  "192.0.0.8/32": ["192.0.0.8", "192.0.0.8"],
  "192.0.0.9/32": ["192.0.0.9", "192.0.0.9"],
  "192.0.0.10/32": ["192.0.0.10", "192.0.0.10"],
  "192.0.0.170/32": ["192.0.0.170", "192.0.0.170"],
  "192.0.0.171/32": ["192.0.0.171", "192.0.0.171"],
  "192.0.2.0/24": ["192.0.2.0", "192.0.2.255"],
  "192.88.99.0/24": ["192.88.99.0", "192.88.99.255"],
  "192.168.0.0/16": ["192.168.0.0", "192.168.255.255"],
  "198.18.0.0/15": ["198.18.0.0", "198.19.255.255"],
  "198.51.100.0/24": ["198.51.100.0", "198.51.100.255"],
  "203.0.113.0/24": ["203.0.113.0", "203.0.113.255"],
  "224.0.0.0/4": ["224.0.0.0", "239.255.255.255"],
  "240.0.0.0/4": ["240.0.0.0", "255.255.255.254"],
  "255.255.255.255/32": ["255.255.255.255", "255.255.255.255"],
  "::1/128": ["::1", "::1"],
  "::/128": ["::", "::"],
  "::ffff:0:0:0/96": ["::ffff:0:0:0", "::ffff:0:ffff:ffff"],
  "64:ff9b::/96": ["64:ff9b::", "64:ff9b::ffff:ffff"],
  "64:ff9b:1::/48": ["64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"],
  "100::/64": ["100::", "100::ffff:ffff:ffff:ffff"],
  "100:0:0:1::/64": ["100:0:0:1::", "100::1:ffff:ffff:ffff:ffff"],
  "2001::/23": ["2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"],
  "2001::/32": ["2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"],
  "2001:1::1/128": ["2001:1::1", "2001:1::1"],
  "2001:1::2/128": ["2001:1::2", "2001:1::2"],
  "2001:1::3/128": ["2001:1::3", "2001:1::3"],
  "2001:2::/48": ["2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"],
  "2001:3::/32": ["2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff"],
  "2001:4:112::/48": ["2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff"],
  "2001:10::/28": ["2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff"],
  "2001:20::/28": ["2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"],
  "2001:30::/28": ["2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff"],
  "2001:db8::/32": ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  "2002::/16": ["2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  "3fff::/20": ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
  "5f00::/16": ["5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  "fc00::/7": ["fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  "fe80::/10": ["fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  "ff00::/8": ["ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
};
/** Of the registries, but ordinary servers (AS112, AMT relays) on addresses that anybody may reach. */
const REACHABLE = ["192.31.196.1", "192.52.193.1", "192.175.48.1", "2620:4f:8000::1"];

const toPublic = createWebhookSender({ hosts: "public", clock });
const urlOf = (address: string): string => `https://${isIP(address) === 6 ? `[${address}]` : address}/hook`;

describe("E8: special-purpose addresses", () => {
  it.each(Object.entries(SPECIAL))("%s is refused at create and at delivery", async (_, range) => {
    for (const address of range) {
      const url = urlOf(address);

      expect(toPublic.complaint(url)).toMatch(/blocked/);
      expect(await toPublic.send(url, "{}", limits)).toBe("refused");
      expect(await resolvingTo([address]).send("https://hooks.example.com/", "{}", limits)).toBe("refused");
    }
  });

  it.each(["64:ff9b:1::7f00:1", "2001:0:7f00:1::", "::ffff:0:127.0.0.1", "192.88.99.1", "3fff::1"])(
    "%s is refused, as it was not",
    (address) => {
      expect(toPublic.complaint(urlOf(address))).toMatch(/blocked/);
    },
  );

  it.each(["0x7f.1", "0177.0.0.1", "2130706433", "127.1", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]"])(
    "%s is refused, for a URL knows what it means",
    (host) => {
      expect(toPublic.complaint(`https://${host}/`)).toMatch(/blocked/);
    },
  );

  it.each(REACHABLE)("%s is taken", (address) => {
    expect(toPublic.complaint(urlOf(address))).toBeUndefined();
  });

  it("one private address among several refuses the name", async () => {
    expect(await resolvingTo(["1.1.1.1", "10.0.0.1"]).send("https://hooks.example.com/", "{}", limits)).toBe("refused");
  });
});

/** A public policy under a name server that gives these addresses to every name. */
function resolvingTo(addresses: string[]): WebhookSender {
  const resolve: Resolve = (_name, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );
  return createWebhookSender({ hosts: "public", clock, resolve });
}

describe("a public policy", () => {
  it.each([
    ["/relative", /absolute/],
    ["ftp://example.com", /https/],
    ["http://example.com", /https/],
    ["https://127.0.0.1/x", /blocked/],
    ["https://[::1]/x", /blocked/],
    ["https://localhost./x", /blocked/],
    ["https://localhost/x", /blocked/],
    ["https://169.254.169.254/latest/meta-data", /blocked/],
  ])("complains of %s", async (url, complaint) => {
    expect(toPublic.complaint(url)).toMatch(complaint);
    expect(await toPublic.send(url, "{}", limits)).toBe("refused");
  });

  it("takes a public one", () => {
    expect(toPublic.complaint("https://example.com/hook?x=1")).toBeUndefined();
  });
});

describe("E9: a policy of npm start", () => {
  const local = createWebhookSender({ hosts: "loopback", clock });

  it.each(["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://example.com/", "https://1.1.1.1/"])(
    "takes %s",
    (url) => {
      expect(local.complaint(url)).toBeUndefined();
    },
  );

  it.each([
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/",
    "http://[fd00::1]/",
    "ftp://localhost/",
  ])("complains of %s", async (url) => {
    expect(local.complaint(url)).toMatch(/blocked|http/);
    expect(await local.send(url, "{}", limits)).toBe("refused");
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
