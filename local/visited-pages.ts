/**
 * Protects a server on this machine from web pages that its user visits: requests under a foreign host name (DNS rebinding) and from
 * foreign origins are refused, and the user is told how to allow them.
 */
import { type CorsPolicy, corsPolicy } from "../functions/http/server/cors.ts";
import type { HttpConfig } from "../functions/protocol/manifest.ts";
import { isLoopbackHost, isOrigin } from "../functions/protocol/origin.ts";
import { VISITORS_TOLD } from "./timings.ts";

/** Of a request's headers, those that a page cannot choose. */
export interface Visit {
  host: string | undefined;
  /** Browsers send it with whatever is not a plain GET or HEAD, whose answers a foreign page cannot read. */
  origin: string | undefined;
}

/** @returns why the request is refused; undefined = it is not */
export type Refuse = (visit: Visit) => Promise<string | undefined>;

export interface VisitorOptions {
  /** Whose pages may call, as `corsPolicy` takes it. */
  origins: readonly string[];
  /** Names by which the server may be asked, beside those of this machine; in lower case. */
  hosts: readonly string[];
  /** Told of each foreign name and origin once. */
  tell: (text: string) => void;
}

export interface Visitors {
  refuse: Refuse;
  /** What `http.cors` of this project says holds from now on; visits wait until it can be read. */
  follow(project: Promise<HttpConfig>): void;
  /** Whether every page that is open in a browser may call. */
  openToAll(): Promise<boolean>;
}

/** Of a Host header, without its port. */
const nameOf = (host = ""): string | undefined =>
  /^[\w.:[\]-]+$/.test(host) ? URL.parse(`http://${host}`)?.hostname : undefined;

export function createVisitors({ origins, hosts, tell }: VisitorOptions): Visitors {
  let policy: Promise<CorsPolicy> = new Promise(() => undefined);
  const told = new Set<string>();
  const refused = (text: string): string => {
    if (told.size < VISITORS_TOLD && !told.has(text)) tell(text);
    told.add(text);
    return text;
  };
  return {
    async refuse({ host, origin }) {
      const name = nameOf(host);
      if (name === undefined) return "Refused a request without a valid Host header";
      if (!isLoopbackHost(name) && !hosts.includes(name))
        return refused(`Refused a request for the host ${name}. If it is meant, start with --allow-host ${name}`);
      if (origin === undefined || (await policy).allows(origin)) return undefined;
      // "null" among them: every page can open a frame without an origin, so no flag lets those in.
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
