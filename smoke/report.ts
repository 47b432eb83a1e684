/** Prints the findings as a Markdown table for an issue. The address is left out: it may be all that keeps strangers out. */
import type { Finding, Outcome } from "./findings.ts";

export interface About {
  url: string;
  version: string;
  /** E.g. `Node v24.1.0, linux`. */
  client: string;
  /** ISO time. */
  at: string;
}

export function report({ url, version, client, at }: About, findings: readonly Finding[]): string {
  const count = (wanted: Outcome): number => findings.filter(({ outcome }) => outcome === wanted).length;
  const [failed, skips] = [count("FAILED"), count("skipped")];
  const verdict =
    failed === 0 ? `All ${count("ok")} checks passed` : `${failed} of ${failed + count("ok")} checks FAILED`;
  const rows = findings.map(({ check, outcome, seen }) => `| ${check} | ${outcome} | ${cell(seen)} |`);
  return [
    `**${verdict}${skips > 0 ? `, ${skips} skipped` : ""}**`,
    `server ${version} behind ${hostingOf(url)}, asked from ${client}, ${at.slice(0, 16)}Z`,
    "",
    "| check | result | seen |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** Kind and region, not the name. */
export function hostingOf(url: string): string {
  const { hostname } = new URL(url);
  const [, region] = /\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(hostname) ?? [];
  if (region !== undefined) return `a Function URL in ${region}`;
  if (/^(localhost|127\.|\[?::1)/.test(hostname)) return "loopback";
  if (hostname.endsWith(".cloudfront.net")) return "CloudFront";
  return "a host name of its own";
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
