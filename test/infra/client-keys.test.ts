/** Keys of clients that are deployed as hashes: nothing is generated, and no key is in the template. */
import { removeFolders, rightsOf, templateOf, variablesOf } from "./template-of.ts";

afterAll(removeFolders);

const HASH = "0".repeat(64);

test("keys of one's own are deployed as hashes, and nothing is stored", () => {
  const template = templateOf({ auth: { sha256: [HASH, HASH] } });

  template.resourceCountIs("AWS::SecretsManager::Secret", 0);
  expect(variablesOf(template, "api.handler")).toMatchObject({
    THREADLINE_AUTH: "key",
    THREADLINE_API_KEY_SHA256: `${HASH},${HASH}`,
  });
  expect(rightsOf(template, "api.handler").has("secretsmanager:GetSecretValue")).toBe(false);
});

test("keys with names are deployed as hashes, too", () => {
  const keys = { web: HASH, jobs: { sha256: [HASH, HASH], streams: 5 } };

  const template = templateOf({ auth: { keys } });

  template.resourceCountIs("AWS::SecretsManager::Secret", 0);
  const { THREADLINE_AUTH: auth, THREADLINE_API_KEYS: deployed } = variablesOf(template, "api.handler");
  expect([auth, JSON.parse(String(deployed))]).toEqual(["key", keys]);
  expect(variablesOf(template, "worker.handler")).not.toHaveProperty("THREADLINE_API_KEYS");
});

test("with tokens of an issuer there are no keys; the worker takes them, too, for calls of graphs", () => {
  const jwt = { issuer: "https://issuer.example", audience: "app", jwks: "https://issuer.example/keys" };

  const template = templateOf({ auth: { jwt } });

  template.resourceCountIs("AWS::SecretsManager::Secret", 0);
  for (const name of ["api.handler", "worker.handler"])
    expect(variablesOf(template, name)).toMatchObject({
      THREADLINE_JWT_ISSUER: jwt.issuer,
      THREADLINE_JWT_AUDIENCE: jwt.audience,
      THREADLINE_JWT_JWKS: jwt.jwks,
    });
});

test.each([
  [{}, /^auth\.keys: JSON of names/],
  [{ web: "the key itself" }, /^auth\.keys: JSON of names (?!.*itself)/],
  [{ "no name!": HASH }, /^auth\.keys: JSON of names/],
  [Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key${n}`, HASH])), /put them as JSON into the generated/],
])("keys that are none, or too many, end the synth: %#", (keys, message) => {
  expect(() => templateOf({ auth: { keys } })).toThrow(message);
});
