/**
 * Protects a server on this machine from web pages that its user visits: requests under a foreign host name (DNS rebinding) and from
 * foreign origins are refused, and the user is told how to allow them.
 */
import { type CorsPolicy, corsPolicy } from "../functions/http/server/cors.ts";
import type { HttpConfig } from "../functions/protocol/manifest.ts";
import { isLoopbackHost, isOrigin } from "../functions/protocol/origin.ts";
import { VISITORS_TOLD } from "./timings.ts";

/** The headers of a request that a page cannot choose. */
export interface Visit {
  host: string | undefined;
  /** Browsers send it with all but plain GET and HEAD requests, whose answers a foreign page cannot read. */
  origin: string | undefined;
}

/** @returns why the request is refused; undefined if it is allowed */
export type Refuse = (visit: Visit) => Promise<string | undefined>;

export interface VisitorOptions {
  /** Origins whose pages may call, in the form of `corsPolicy`. */
  origins: readonly string[];
  /** Host names of the server beside those of this machine, in lower case. */
  hosts: readonly string[];
  /** Called once for each foreign host name and origin. */
  print: (text: string) => void;
}

export interface Visitors {
  refuse: Refuse;
  /** Uses `http.cors` of this project from now on. Requests wait until it has been read. */
  follow(project: Promise<HttpConfig>): void;
  /** Whether every page that is open in a browser may call. */
  openToAll(): Promise<boolean>;
}

/** Of a Host header, without its port. */
const nameOf = (host = ""): string | undefined =>
  /^[\w.:[\]-]+$/.test(host) ? URL.parse(`http://${host}`)?.hostname : undefined;

export function createVisitors({ origins, hosts, print }: VisitorOptions): Visitors {
  let policy: Promise<CorsPolicy> = new Promise(() => undefined);
  const printed = new Set<string>();
  const refused = (text: string): string => {
    if (printed.size < VISITORS_TOLD && !printed.has(text)) print(text);
    printed.add(text);
    return text;
  };
  return {
    async refuse({ host, origin }) {
      const name = nameOf(host);
      if (name === undefined) return "Refused a request without a valid Host header";
      if (!isLoopbackHost(name) && !hosts.includes(name))
        return refused(`Refused a request for the host ${name}. If it is meant, start with --allow-host ${name}`);
      if (origin === undefined || (await policy).allows(origin)) return undefined;
      // Also "null": every page can open a frame without an origin, so no option allows it.
      if (!isOrigin(origin))
        return refused("Refused a page without an origin, such as a local file. Serve it from localhost");
      return refused(
        `Refused a page of ${origin}. If you trust it with this server, start with --allow-origin ${origin}`,
      );
    },
    follow(project) {
      policy = project.then(({ cors }) => corsPolicy(cors, origins));
      policy.catch(() => undefined);
    },
    openToAll: async () => (await policy).any,
  };
}
