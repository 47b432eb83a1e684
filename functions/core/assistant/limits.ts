/** Limits of assistants, with unit and reason. */
import { KB } from "../units.ts";

/** Assistants that a search looks through; at some 250 bytes each, a consistent read unit for 16. */
export const LISTED_ASSISTANTS = 50_000;
/** Threads that a delete of an assistant deletes at once: each is some ten calls of the table. */
export const THREADS_AT_ONCE = 10;
/** Bytes of metadata (JSON) that the listing has of an assistant; larger ones are read from the rows by searches that filter by it. */
export const LISTED_METADATA_BYTES = 1 * KB;
