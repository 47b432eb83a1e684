/** Keys of clients as they are configured: names with SHA-256 hashes, never a key itself. */
import { z } from "zod";

/** One hash under which a client is known. */
export interface ClientKey {
  /** In hexadecimal. */
  sha256: string;
  /** Absent for a key without a name. */
  name?: string;
  /** Open responses at once, instead of the server's cap. */
  streams?: number;
}

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const KeyName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
/** Open responses that a cap may allow at most: as many executions as an account has by default. */
export const STREAMS_OF_A_KEY = 1_000;

/** By name: a hash, or several while a key is changed, with a cap of its own. */
export const NamedKeys = z
  .record(
    KeyName,
    z.union([
      Hash,
      z.strictObject({
        sha256: z.union([Hash, z.array(Hash).min(1)]),
        streams: z.int().min(1).max(STREAMS_OF_A_KEY).optional(),
      }),
    ]),
  )
  .refine((keys) => Object.keys(keys).length > 0);
export type NamedKeys = z.infer<typeof NamedKeys>;

/** What is wanted, for messages: values are not shown. */
export const NAMED_KEYS_FORM =
  'JSON of names (letters, digits, ".", "_", "-") to SHA-256 hashes in hexadecimal: {"web": "<hash>", "jobs": {"sha256": ["<hash>"], "streams": 5}}';

export const clientKeysOf = (keys: NamedKeys): ClientKey[] =>
  Object.entries(keys).flatMap(([name, given]) => {
    const { sha256, streams } = typeof given === "string" ? { sha256: given } : given;
    return [sha256].flat().map((hash) => ({ sha256: hash, name, ...(streams !== undefined && { streams }) }));
  });
