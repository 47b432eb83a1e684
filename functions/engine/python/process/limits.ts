/** Limits of what a project's process says. */

/** Characters of a line in the log; what is longer is cut. CloudWatch takes 256 KB, and nobody reads them. */
export const OUTPUT_CHARACTERS = 10_000;
/** Bytes of a line that are read at all: OUTPUT_CHARACTERS as JSON, each escaped, with its ids. */
export const LINE_BYTES = 64 * 1024;
/** Lines kept in case the process dies: a crash tells the frames of all threads, 100 of each at most. */
export const REMEMBERED_LINES = 500;
