/**
 * The port Auth without code of a project: a JSON Web Token of an OpenID Connect issuer says who asks, and everybody has what is his own.
 * Must not keep or log a token.
 */
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import type { Access, AccessRequest, Auth, AuthRequest, Refusal, User } from "../core/auth/auth-port.ts";
import type { Logger } from "../core/ports.ts";
import type { JsonObject } from "../protocol/json.ts";

export interface JwtSettings {
  /** As the tokens name it, `iss`. */
  issuer: string;
  /** Whom the tokens are for: `aud`; in access tokens of Cognito, which have none, `client_id`. */
  audience: string;
  /** URL of the issuer's public keys. */
  jwks: string;
}

/** Signatures by keys that only the issuer has. Others would let whoever knows the public key sign. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const BEARER = /^Bearer +([^ ]+)$/i;

export function createJwtAuth({ issuer, audience, jwks }: JwtSettings, logger: Logger): Auth {
  const keys = createRemoteJWKSet(new URL(jwks));
  return {
    admitsStudio: false,
    // The keys are fetched for the first token.
    prepare: () => Promise.resolve(),
    async authenticate({ headers }: AuthRequest) {
      const [, token] = BEARER.exec(headers.get("authorization") ?? "") ?? [];
      if (token === undefined) return unauthorized("a token is needed in the header Authorization: Bearer …");
      try {
        const options = { issuer, algorithms: ALGORITHMS, requiredClaims: ["exp", "sub"] };
        const { payload } = await jwtVerify(token, keys, options);
        if (!isFor(audience, payload)) return unauthorized("the token is for another audience");
        const user = userOf(payload);
        return user ? { kind: "user", user } : unauthorized("the token names no subject");
      } catch (error) {
        if (isBadToken(error)) return unauthorized("the token is not valid", error.code);
        logger.error("tokens cannot be checked", { jwks, error: error instanceof Error ? error.name : "Error" });
        return {
          kind: "refused",
          status: 503,
          detail: "Tokens cannot be checked at the moment. Try again.",
          headers: [],
        };
      }
    },
    authorize: (request) => Promise.resolve(ownersAccess(request)),
  };
}

/** Their keys of the issuer could not be read, and what is no error of jose, say nothing of the token. */
const isBadToken = (error: unknown): error is errors.JOSEError =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === "ERR_JOSE_GENERIC");

const isFor = (audience: string, { aud, client_id }: JWTPayload): boolean =>
  [aud ?? client_id].flat().includes(audience);

function userOf({ sub, name, scope }: JWTPayload): User | undefined {
  if (typeof sub !== "string" || sub === "") return undefined;
  return {
    identity: sub,
    display_name: typeof name === "string" && name !== "" ? name : sub,
    is_authenticated: true,
    permissions: typeof scope === "string" ? scope.split(" ").filter(Boolean) : [],
  };
}

const unauthorized = (reason: string, code?: string): Refusal => ({
  kind: "refused",
  status: 401,
  detail: `Unauthorized: ${reason}${code === undefined ? "" : ` (${code})`}`,
  headers: [["www-authenticate", 'Bearer error="invalid_token"']],
});

/** What is made is the caller's, and only that is seen. Of the store, everybody has the namespaces below the own name. */
function ownersAccess({ resource, user, value }: AccessRequest): Access {
  const { identity: owner } = user;
  if (resource === "store")
    return { kind: "allowed", filter: null, value: { ...value, namespace: below(owner, value) } };
  const { metadata } = value;
  const isObject = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  const owned: JsonObject = isObject ? { metadata: { ...metadata, owner } } : {};
  return { kind: "allowed", filter: { owner }, value: { ...value, ...owned } };
}

/** A namespace as an answer shows it may be asked for again. A label has no dots. */
function below(owner: string, { namespace }: JsonObject): string[] {
  const labels = Array.isArray(namespace) ? namespace.map(String) : [];
  const root = encodeURIComponent(owner).replaceAll(".", "%2E");
  return labels[0] === root ? labels : [root, ...labels];
}
