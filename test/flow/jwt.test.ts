/** Tokens of an issuer instead of keys: who has none, or a wrong one, is refused; everybody has what is his own. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "@langchain/langgraph-sdk";
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { startServer, type TestServer } from "../support/server.ts";

const ISSUER = "https://issuer.example";
const AUDIENCE = "the app";
const KID = "first";

let server: TestServer;
let issuer: Server;
let own: CryptoKey;
let strange: CryptoKey;
beforeAll(async () => {
  const [keys, others] = await Promise.all([generateKeyPair("ES256"), generateKeyPair("ES256")]);
  [own, strange] = [keys.privateKey, others.privateKey];
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: KID, alg: "ES256" };
  issuer = createServer((_, answer) => {
    answer.setHeader("content-type", "application/json");
    answer.end(JSON.stringify({ keys: [jwk] }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => issuer.once("listening", resolve));
  const { port } = issuer.address() as AddressInfo;
  server = await startServer({
    config: "examples/jwt-auth/langgraph.json",
    env: {
      THREADLINE_JWT_ISSUER: ISSUER,
      THREADLINE_JWT_AUDIENCE: AUDIENCE,
      THREADLINE_JWT_JWKS: `http://127.0.0.1:${port}/keys`,
    },
  });
});
afterAll(async () => {
  await server.stop();
  issuer.close();
  issuer.closeAllConnections();
});

const GOOD = { sub: "ann", aud: AUDIENCE, iss: ISSUER, scope: "read write" };
const HOUR_S = 3_600;
const now = (): number => Math.floor(Date.now() / 1_000);
/** Of any type, right or wrong. */
type Claims = Record<string, unknown>;
const signed = (claims: Claims, { key = own, alg = "ES256" } = {}): Promise<string> =>
  new SignJWT({ exp: now() + HOUR_S, ...claims }).setProtectedHeader({ alg, kid: KID }).sign(key);
const ask = (authorization: string | undefined): Promise<Response> =>
  fetch(`${server.url}/threads/search`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(authorization !== undefined && { authorization }) },
    body: "{}",
  });
const clientOf = async (sub: string): Promise<Client> =>
  new Client({
    apiUrl: server.url,
    apiKey: null,
    defaultHeaders: { authorization: `Bearer ${await signed({ ...GOOD, sub })}` },
  });

test.each<[string, Claims]>([
  ["has its audience", {}],
  ["has it among others", { aud: ["another", AUDIENCE] }],
  ["names its client alone, as access tokens of Cognito do", { aud: undefined, client_id: AUDIENCE }],
])("a token that %s is taken", async (_, claims) => {
  expect((await ask(`Bearer ${await signed({ ...GOOD, ...claims })}`)).status).toBe(200);
});

test.each<[string, () => Promise<string | undefined> | string | undefined]>([
  ["none", () => undefined],
  ["a key", () => "any"],
  ["what is no token", () => "Bearer x.y.z"],
  ["one that is over", () => signed({ ...GOOD, exp: now() - HOUR_S })],
  ["one without an end", () => signed({ ...GOOD, exp: undefined })],
  ["one that begins later", () => signed({ ...GOOD, nbf: now() + HOUR_S })],
  ["one of another issuer", () => signed({ ...GOOD, iss: "https://another.example" })],
  ["one for another audience", () => signed({ ...GOOD, aud: "another app" })],
  ["one for another client beside its audience", () => signed({ ...GOOD, aud: "another app", client_id: AUDIENCE })],
  ["one without a subject", () => signed({ ...GOOD, sub: undefined })],
  ["one with an empty subject", () => signed({ ...GOOD, sub: "" })],
  ["one that somebody else has signed", () => signed(GOOD, { key: strange })],
  ["one that nobody has signed", () => new UnsecuredJWT({ ...GOOD, exp: now() + HOUR_S }).encode()],
])("%s is refused", async (_, token) => {
  const text = await token();
  const response = await ask(
    text === undefined || text.startsWith("Bearer") || text === "any" ? text : `Bearer ${text}`,
  );

  expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, 'Bearer error="invalid_token"']);
  expect(await response.json()).toEqual({ detail: expect.stringMatching(/^Unauthorized: /) });
});

test("everybody sees and changes what is his own", async () => {
  const [ann, bob] = [await clientOf("ann"), await clientOf("bob.b")];
  const { thread_id, metadata } = await ann.threads.create({ metadata: { owner: "bob.b", a: 1 } });
  await ann.store.putItem(["notes"], "one", { text: "a cat" });

  const [found, item] = [await ann.threads.search(), await ann.store.getItem(["notes"], "one")];

  expect(metadata).toEqual({ owner: "ann", a: 1 });
  expect(found.map((one) => one.thread_id)).toEqual([thread_id]);
  expect(item?.namespace).toEqual(["ann", "notes"]);
  expect(await ann.store.getItem(item?.namespace ?? [], "one")).toMatchObject({ value: { text: "a cat" } });
  expect(await bob.store.getItem(["ann", "notes"], "one")).toBeNull();
  expect(await bob.threads.search()).toEqual([]);
  await expect(bob.threads.get(thread_id)).rejects.toThrow("404");
  await expect(bob.threads.create({ threadId: thread_id, ifExists: "do_nothing" })).rejects.toThrow("409");
});

test("a graph keeps notes of whoever has signed in, and the API shows them to nobody else", async () => {
  const [carol, dave] = [await clientOf("carol"), await clientOf("dave")];
  const [{ thread_id }, other] = [await carol.threads.create(), await dave.threads.create()];
  const keep = (client: Client, note: string, thread: string): Promise<unknown> =>
    client.runs.wait(thread, "notes", { input: { note } });

  const [first, second] = [await keep(carol, "a cat", thread_id), await keep(carol, "a dog", thread_id)];
  const his = await keep(dave, "a bird", other.thread_id);
  const found = async (client: Client): Promise<unknown> =>
    (await client.store.searchItems(["notes"])).items.map(({ key }) => key).toSorted();

  expect([first, second]).toMatchObject([{ notes: ["a cat"] }, { notes: ["a cat", "a dog"] }]);
  expect(his).toMatchObject({ notes: ["a bird"] });
  expect([await found(carol), await found(dave)]).toEqual([["a cat", "a dog"], ["a bird"]]);
  await expect(keep(dave, "mine", thread_id)).rejects.toThrow("404");
});

test("the card of an agent asks for such a token", async () => {
  const headers = { authorization: `Bearer ${await signed(GOOD)}` };
  const card = await fetch(`${server.url}/a2a/notes/.well-known/agent-card.json`, { headers });

  expect(await card.json()).toMatchObject({
    securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    securityRequirements: [{ schemes: { bearer: { list: [] } } }],
  });
});
