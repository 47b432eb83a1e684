/** Tokens of an OpenID Connect issuer in place of keys, as the settings name them. */

export interface TokenSettings {
  issuer: string;
  audience: string;
  /** URL of the issuer's public keys. */
  jwks: string;
}

/** The settings that go together. */
export const TOKEN_SETTINGS = ["THREADLINE_JWT_ISSUER", "THREADLINE_JWT_AUDIENCE", "THREADLINE_JWT_JWKS"] as const;

type Values = { readonly [Name in (typeof TOKEN_SETTINGS)[number]]?: string | undefined };

/** Undefined where keys are asked for. */
export function tokenSettingsOf(values: Values): TokenSettings | undefined {
  const { THREADLINE_JWT_ISSUER: issuer, THREADLINE_JWT_AUDIENCE: audience, THREADLINE_JWT_JWKS: jwks } = values;
  return issuer === undefined || audience === undefined || jwks === undefined ? undefined : { issuer, audience, jwks };
}
