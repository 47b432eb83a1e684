/** The findings as a Markdown table for an issue. Must not show the address, which for some is all that keeps strangers out. */
import type { Finding } from "./findings.ts";

export interface About {
  url: string;
  version: string;
  /** E.g. `Node v24.1.0, linux`. */
  client: string;
  /** ISO time. */
  at: string;
}

export function report({ url, version, client, at }: About, findings: readonly Finding[]): string {
  const failed = findings.filter(({ outcome }) => outcome === "FAILED").length;
  const rows = findings.map(({ check, outcome, seen }) => `| ${check} | ${outcome} | ${cell(seen)} |`);
  return [
    `**${failed === 0 ? "All checks passed" : `${failed} of ${findings.length} checks FAILED`}**`,
    `server ${version} behind ${placeOf(url)}, asked from ${client}, ${at.slice(0, 16)}Z`,
    "",
    "| check | result | seen |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** Kind and region, not the name. */
export function placeOf(url: string): string {
  const { hostname } = new URL(url);
  const [, region] = /\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(hostname) ?? [];
  if (region !== undefined) return `a Function URL in ${region}`;
  if (/^(localhost|127\.|\[?::1)/.test(hostname)) return "loopback";
  if (hostname.endsWith(".cloudfront.net")) return "CloudFront";
  return "a host name of its own";
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
