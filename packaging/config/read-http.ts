/**
 * Reads `http` of a langgraph.json: CORS, configurable headers, a prefix, and what is switched off. A field that is not understood has no
 * effect and is reported, because these fields decide who may call.
 */
import { originPattern } from "../../functions/http/server/cors.ts";
import { CorsConfig, HeaderRules, HTTP_SWITCHES, type HttpConfig } from "../../functions/protocol/manifest.ts";
import { isOrigin, ORIGIN_FORM } from "../../functions/protocol/origin.ts";
import { isRecord } from "../source-files.ts";

type Warn = (text: string) => void;

export function readHttp(raw: unknown, warn: Warn): HttpConfig {
  if (!isRecord(raw)) return {};
  const cors = part(raw, "cors", warn);
  const headers = part(raw, "configurable_headers", warn);
  return {
    ...(cors && { cors: readCors(cors, warn) }),
    ...(headers && { configurable_headers: readHeaders(headers, warn) }),
    ...readPrefix(raw["mount_prefix"], warn),
    ...(isOn(raw, "enable_custom_route_auth", warn) && { enable_custom_route_auth: true }),
    ...readOrder(raw["middleware_order"] ?? undefined, warn),
    ...Object.fromEntries(HTTP_SWITCHES.filter((name) => isOn(raw, name, warn)).map((name) => [name, true])),
  };
}

/** Segments of letters, digits, ".", "_", "~" and "-". */
const PREFIX = /^(?:\/[\w.~-]+)+\/?$/;

function readPrefix(value: unknown, warn: Warn): Pick<HttpConfig, "mount_prefix"> {
  if (value === undefined || value === null || value === "" || value === "/") return {};
  if (typeof value === "string" && PREFIX.test(value)) return { mount_prefix: value.replace(/\/$/, "") };
  warn('"http.mount_prefix" is not understood and has no effect: "/agents" would be a prefix.');
  return {};
}

/** What is not understood asks first who is there: the order that lets less happen. */
function readOrder(value: unknown, warn: Warn): Pick<HttpConfig, "middleware_order"> {
  if (value === undefined || value === "middleware_first") return {};
  if (value !== "auth_first")
    warn('"http.middleware_order" should be "middleware_first" or "auth_first", and counts as "auth_first".');
  return { middleware_order: "auth_first" };
}

/** What is no boolean counts as said: a project that names the field wants less to be open. */
function isOn(http: Record<string, unknown>, name: string, warn: Warn): boolean {
  const value = http[name] ?? false;
  if (typeof value !== "boolean") warn(`"http.${name}" should be true or false, and counts as true.`);
  return value !== false;
}

function part(http: Record<string, unknown>, name: string, warn: Warn): Record<string, unknown> | undefined {
  const value = http[name] ?? undefined;
  if (isRecord(value)) return value;
  if (value !== undefined) warn(`"http.${name}" is not understood and has no effect.`);
  return undefined;
}

function readCors(raw: Record<string, unknown>, warn: Warn): CorsConfig {
  const cors: Record<string, unknown> = {};
  for (const [field, schema] of Object.entries(CorsConfig.shape)) {
    const value = raw[field] ?? undefined;
    const understood = schema.safeParse(value).success && (field !== "allow_origin_regex" || isPattern(value));
    if (understood) cors[field] = value;
    else warn(`"http.cors.${field}" is not understood and has no effect.`);
  }
  const read = CorsConfig.parse(cors);
  for (const origin of read.allow_origins ?? [])
    if (origin !== "*" && !isOrigin(origin))
      warn(`"http.cors.allow_origins": ${origin} matches no page; ${ORIGIN_FORM}.`);
  if (read.allow_credentials && read.allow_origins?.includes("*"))
    warn('"http.cors.allow_credentials" has no effect beside "*": name the origins.');
  return read;
}

/** Absent, or a regular expression of JavaScript. Those of Python may be different. */
function isPattern(value: unknown): boolean {
  if (typeof value !== "string") return true;
  try {
    return originPattern(value) instanceof RegExp;
  } catch {
    return false;
  }
}

/** Both spellings are in use: `include` and `includes`. If one rule is not understood, none is used: it may be an exclusion. */
function readHeaders(raw: Record<string, unknown>, warn: Warn): HeaderRules {
  const { include, includes, exclude, excludes } = raw;
  const lists = { include: [include ?? [], includes ?? []].flat(2), exclude: [exclude ?? [], excludes ?? []].flat(2) };
  const read = HeaderRules.safeParse(lists);
  if (read.success) return read.data;
  warn('"http.configurable_headers" is not understood and has no effect.');
  return { include: [], exclude: [] };
}
