/**
 * POSTs webhooks: one try, no redirects, signed, and only to addresses that the policy allows. The address that is connected to is checked,
 * so a name cannot resolve to another one between check and use.
 */
import { createHmac } from "node:crypto";
import { lookup as resolveName, type LookupAddress, type LookupAllOptions } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { keepRecent } from "../core/keep-recent.ts";
import type { Clock } from "../core/ports.ts";
import { WEBHOOK_SLOW_FOR, WEBHOOK_SLOW_KNOWN } from "../core/webhook/timings.ts";
import type { WebhookSender } from "../core/webhook/webhook-ports.ts";
import { isLoopbackHost } from "../protocol/origin.ts";
import { isLoopbackAddress, isPrivateAddress } from "./private-address.ts";

/** A name's addresses, as `dns.lookup` gives all of them. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface WebhookPolicy {
  /** For development: `loopback` is also http and this machine, `any` its network, too. */
  hosts: "public" | "loopback" | "any";
  /** Signs the body; absent = unsigned. While it rejects, nothing is sent, so that a receiver never gets an unsigned webhook. */
  secret?: () => Promise<string>;
  /** Default: the system's names. */
  resolve?: Resolve;
  clock: Clock;
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<body>`, so that a receiver can refuse what is old or altered. */
const SIGNATURE_HEADER = "x-threadline-signature";

export function createWebhookSender(policy: WebhookPolicy): WebhookSender {
  const isForbidden = (address: string): boolean =>
    policy.hosts !== "any" && isPrivateAddress(address) && !(policy.hosts === "loopback" && isLoopbackAddress(address));

  const complaint = (url: string): string | undefined => {
    const parsed = URL.parse(url);
    if (!parsed) return "webhook: must be an absolute URL";
    if (policy.hosts === "public" && parsed.protocol !== "https:") return "Webhook must use https";
    if (!["http:", "https:"].includes(parsed.protocol)) return "Webhook must use http or https";
    const host = parsed.hostname.replace(/^\[|\]$|\.$/g, "");
    if (policy.hosts === "public" && isLoopbackHost(host)) return "Webhook host blocked: loopback";
    return isIP(host) && isForbidden(host) ? "Webhook host blocked: private or special-purpose address" : undefined;
  };

  /** Resolves names as the system does, and fails for addresses that must not be reached. */
  const lookup: LookupFunction = (hostname, options, done) =>
    (policy.resolve ?? resolveName)(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, "");
      const forbidden = addresses.some(({ address }) => isForbidden(address));
      const [first] = addresses;
      if (forbidden || !first) return done(new Forbidden(`${hostname} resolves to a private address`), "");
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });

  const slow = new Map<string, number>();
  const endpointOf = (url: string): string => url.replace(/[?#].*$/s, "");

  return {
    complaint,
    isSlow: (url) => policy.clock.monotonic() < (slow.get(endpointOf(url)) ?? Number.NEGATIVE_INFINITY),
    send: async (url, body, { timeout, signal: stopped }) => {
      if (complaint(url) !== undefined) return "refused";
      const signature = await signatureOf(policy, body).catch(() => undefined);
      if (signature === undefined) return "failed";
      const target = new URL(url);
      const request = target.protocol === "https:" ? requestHttps : requestHttp;
      const headers = {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        "user-agent": "threadline",
        ...signature,
      };
      return new Promise((settle) => {
        const late = AbortSignal.timeout(timeout);
        const signal = stopped ? AbortSignal.any([late, stopped]) : late;
        const post = request(
          target,
          { method: "POST", headers, lookup, signal, agent: false },
          ({ statusCode = 0 }) => {
            settle(statusCode >= 200 && statusCode < 300 ? "delivered" : "failed");
            post.destroy();
          },
        );
        post.on("error", (error) => {
          if (late.aborted)
            keepRecent(slow, endpointOf(url), policy.clock.monotonic() + WEBHOOK_SLOW_FOR, WEBHOOK_SLOW_KNOWN);
          settle(error instanceof Forbidden ? "refused" : "failed");
        });
        post.end(body);
      });
    },
  };
}

class Forbidden extends Error {
  override name = "Forbidden";
}

/** The signature as a header; empty without a secret. */
async function signatureOf({ secret, clock }: WebhookPolicy, body: string): Promise<Record<string, string>> {
  return secret ? { [SIGNATURE_HEADER]: sign(await secret(), clock.now(), body) } : {};
}

export function sign(secret: string, now: number, body: string): string {
  const seconds = Math.floor(now / 1_000);
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}
