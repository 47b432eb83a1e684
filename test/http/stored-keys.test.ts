/** Stored keys: read rarely, anew when it matters, and never a way in when they cannot be read. */
import { createHash } from "node:crypto";
import { createStoredKeys } from "../../functions/host/stored-keys.ts";
import { STORED_KEYS_KEPT, STORED_KEYS_RENEW, STORED_KEYS_STALE } from "../../functions/host/timings.ts";
import type { ClientKey } from "../../functions/protocol/client-key.ts";
import { keyCheck } from "../../functions/http/server/auth.ts";
import { silentLogger } from "./silent-logger.ts";

const hash = (key: string): string => createHash("sha256").update(key).digest("hex");

/** A store with keys that can be changed, taken away, and counted. */
function store(...keys: string[]) {
  const state = { keys, down: false, reads: 0, now: 1_000_000 };
  const read = (): Promise<ClientKey[]> => {
    state.reads++;
    return state.down
      ? Promise.reject(new Error("AccessDenied"))
      : Promise.resolve(state.keys.map((key) => ({ sha256: hash(key) })));
  };
  const stored = createStoredKeys(read, {
    clock: { now: () => state.now, monotonic: () => state.now },
    logger: silentLogger(),
  });
  const mayPass = keyCheck({ kind: "key", sha256: [hash("own")], stored });
  const ask = async (key?: string, path = "/threads"): Promise<string> => {
    const headers: Record<string, string> = key === undefined ? {} : { "x-api-key": key };
    return (await mayPass(new Request("http://localhost/", { headers }), path)).kind;
  };
  return { state, ask };
}

test("lets the stored keys in, current and previous, and the fixed ones; nobody else", async () => {
  const { ask } = store("current", "previous");

  const verdicts = await Promise.all(
    ["current", "previous", "own", "other", hash("current"), "", undefined].map((key) => ask(key)),
  );

  expect(verdicts).toEqual(["pass", "pass", "pass", "unauthorized", "unauthorized", "unauthorized", "unauthorized"]);
});

test("asks the store once for many, and not at all without a key or for what is open", async () => {
  const { state, ask } = store("current");

  await Promise.all([ask(), ask(undefined, "/ok"), ask("x", "/info"), ask("own")]);
  const before = state.reads;
  await Promise.all(Array.from({ length: 20 }, () => ask("current")));
  state.now += STORED_KEYS_KEPT - 1;
  await ask("current");

  expect([before, state.reads]).toEqual([0, 1]);
});

test("a new key works at once; a key that was taken away works no longer than keys are kept", async () => {
  const { state, ask } = store("first");
  await ask("first");

  state.keys = ["second", "first"];
  state.now += STORED_KEYS_RENEW;
  const rotated = [await ask("second"), await ask("first")];
  state.keys = ["second"];
  state.now += STORED_KEYS_KEPT;
  const revoked = [await ask("first"), await ask("second")];

  expect(rotated).toEqual(["pass", "pass"]);
  expect(revoked).toEqual(["unauthorized", "pass"]);
});

test("strangers do not make it ask the store more often", async () => {
  const { state, ask } = store("current");
  await ask("current");
  state.now += STORED_KEYS_RENEW;

  for (let i = 0; i < 50; i++) expect(await ask(`guess ${i}`)).toBe("unauthorized");

  expect(state.reads).toBe(2);
});

test("nobody passes while no key can be read, but for what is open and the fixed keys", async () => {
  const { state, ask } = store("current");
  state.down = true;

  const verdicts = [
    await ask("current"),
    await ask("other"),
    await ask(),
    await ask("own"),
    await ask("current", "/ok"),
  ];
  state.down = false;
  const tooSoon = await ask("current");
  state.now += STORED_KEYS_RENEW;
  const later = await ask("current");

  expect(verdicts).toEqual(["unavailable", "unavailable", "unauthorized", "pass", "pass"]);
  expect([tooSoon, later]).toEqual(["unavailable", "pass"]);
});

test("keys that were read hold for a while when the store is down, not for ever", async () => {
  const { state, ask } = store("current");
  await ask("current");
  state.down = true;

  state.now += STORED_KEYS_KEPT;
  const soon = await ask("current");
  state.now += STORED_KEYS_STALE;
  const late = await ask("current");

  expect([soon, late]).toEqual(["pass", "unavailable"]);
});
