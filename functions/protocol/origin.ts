/** Origins of web pages, as browsers send them, and which of them are this machine's. */

/** `scheme://host[:port]` as a browser writes it: no path, no capitals, no default port. */
export function isOrigin(text: string): boolean {
  const url = parseUrl(text);
  if (!url || !/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s,]+$/.test(text)) return false;
  // Schemes that the URL standard does not know, of apps and extensions, have no origin of their own there.
  return url.origin === "null" || url.origin === text;
}

/** An origin, or what stands for some: all, the pages of one's own machine, those of `http.cors`. */
export const isOriginName = (text: string): boolean => ["*", "loopback", "project"].includes(text) || isOrigin(text);

/** What a person is told to write. */
export const ORIGIN_FORM = "an origin is scheme://host[:port], such as https://app.example.com, without a path";

/** What is wrong, with the form, and the origin that is probably meant. */
export function notAnOrigin(text: string): string {
  const host = URL.parse(`http://${text}`)?.hostname ?? "";
  const guesses = [URL.parse(text)?.origin ?? "", `http${isLoopbackHost(host) ? "" : "s"}://${text}`];
  const meant = guesses.find(isOrigin);
  return `${text} is not an origin; ${ORIGIN_FORM}${meant === undefined ? "" : ` (${meant}?)`}`;
}

/** Names that lead to this machine whatever a name server says, so that no page of elsewhere can have one of them (RFC 6761). */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$|\.$/g, "");
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

export function isLoopbackOrigin(origin: string): boolean {
  const url = parseUrl(origin);
  return url !== undefined && isLoopbackHost(url.hostname);
}

/** The construct reads `http.cors` on Node 20, too, which has no `URL.parse`. */
const parseUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);
