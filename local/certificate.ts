/** The certificate of `npm start -- --https`: made on this machine for its own names, kept beside the data so that a browser asks once. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { HOUR } from "../functions/core/units.ts";
import { systemClock as clock } from "../functions/host/clock-and-ids.ts";
import type { Certificate } from "../functions/http/edge/http2.ts";
import { CERTIFICATE_DAYS, RENEW_DAYS } from "./timings.ts";

const DAY = 24 * HOUR;
const NAMES = [
  { type: 2 as const, value: "localhost" },
  { type: 7 as const, ip: "127.0.0.1" },
  { type: 7 as const, ip: "::1" },
];

export interface KeptCertificate extends Certificate {
  /** Of the certificate, for programs that are to trust it. */
  path: string;
}

/** @param folder where it is kept; made if it is not there */
export async function ownCertificate(folder: string): Promise<KeptCertificate> {
  const [path, keyPath] = [join(folder, "certificate.pem"), join(folder, "certificate-key.pem")];
  if (existsSync(path) && existsSync(keyPath)) {
    const kept = { cert: readFileSync(path, "utf8"), key: readFileSync(keyPath, "utf8") };
    if (isGood(kept)) return { ...kept, path };
  }
  const { generate } = await import("selfsigned");
  const now = clock.now();
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(now - DAY),
    notAfterDate: new Date(now + CERTIFICATE_DAYS * DAY),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: NAMES },
    ],
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(keyPath, made.private, { mode: 0o600 });
  chmodSync(keyPath, 0o600);
  writeFileSync(path, made.cert);
  return { key: made.private, cert: made.cert, path };
}

/** What is broken, does not fit its key or ends soon is made again. */
function isGood({ cert, key }: Certificate): boolean {
  try {
    const known = new X509Certificate(cert);
    return known.checkPrivateKey(createPrivateKey(key)) && Date.parse(known.validTo) > clock.now() + RENEW_DAYS * DAY;
  } catch {
    return false;
  }
}
