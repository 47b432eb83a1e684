/**
 * Which request headers become keys of the run's `configurable`: those that `http.configurable_headers` includes and does not exclude, in
 * lower case. Must not pass on what opens this server.
 */
import { CALLER_TICKET } from "../../core/auth/caller-tickets.ts";
import type { HeaderRules } from "../../protocol/manifest.ts";

/** Never passed on, whatever the patterns say (Agent Server API). */
export const NEVER = ["x-api-key", "x-tenant-id", "x-service-key", CALLER_TICKET];
/** Secrets of other parties. A pattern alone does not match them, since what is passed on is stored and shown with the run. */
const BY_FULL_NAME = ["authorization", "proxy-authorization", "cookie", "x-amz-security-token"];

export function configurableHeaders(rules: HeaderRules | undefined): (headers: Headers) => Record<string, string> {
  if (!rules) return () => ({});
  const [include, exclude] = [rules.include, rules.exclude].map((patterns) => patterns.map((one) => one.toLowerCase()));
  const included = matcher(include ?? []);
  const excluded = matcher(exclude ?? []);
  const passes = (name: string): boolean =>
    !NEVER.includes(name) &&
    included(name) &&
    !excluded(name) &&
    (!BY_FULL_NAME.includes(name) || (include ?? []).includes(name));
  return (headers) => Object.fromEntries([...headers].filter(([name]) => passes(name)));
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const literal = (text: string): string => text.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
  const forms = patterns.map((pattern) => new RegExp(`^${literal(pattern).replaceAll("*", ".*")}$`));
  return (name) => forms.some((form) => form.test(name));
}
