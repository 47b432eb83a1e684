import { createHash, createHmac } from "node:crypto";
import { Sha256 } from "../../functions/aws/table/sha256.ts";

const hex = async (hash: Sha256) => Buffer.from(await hash.digest()).toString("hex");

describe("Sha256", () => {
  test.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ])("of %j is what FIPS 180 says", async (text, expected) => {
    const hash = new Sha256();

    hash.update(text);

    expect(await hex(hash)).toBe(expected);
  });

  test("takes its data in pieces, as text, bytes and buffers", async () => {
    const hash = new Sha256();

    hash.update("ä");
    hash.update(new Uint8Array(Buffer.from("xabcx")).subarray(1, 4));
    hash.update(new Uint8Array([1, 2]).buffer);

    const whole = Buffer.concat([Buffer.from("äabc"), Buffer.of(1, 2)]);
    expect(await hex(hash)).toBe(createHash("sha256").update(whole).digest("hex"));
  });

  test("is an HMAC with a secret, text or bytes, the same secret again and again", async () => {
    const secret = new Uint8Array([7, 8, 9]);

    for (const key of ["secret", secret, secret])
      for (const text of ["one", "two"]) {
        const hash = new Sha256(key);
        hash.update(text);
        expect(await hex(hash)).toBe(createHmac("sha256", key).update(text).digest("hex"));
      }
  });

  test("forgets its data on reset, not its secret", async () => {
    const hash = new Sha256("secret");
    hash.update("before");

    hash.reset();
    hash.update("after");

    expect(await hex(hash)).toBe(createHmac("sha256", "secret").update("after").digest("hex"));
  });
});
