/**
 * Where packaging puts what it has made, and the functions find it. Must not import anything: every thread of a project loads
 * it.
 */

/** Folder beside the manifest: the compiled text of each source file, at its path and `.mjs` or `.cjs` by the format. */
export const COMPILED = ".compiled";

/** What the name of a module begins with that compiled files share; it lies in the manifest's folder. */
export const SHARED = ".helper-";

/** Folder beside the bundles: the code of the processes that run graphs of Python. */
export const PYTHON_CHILD = "python-child";

/** Folder beside the manifest: bundles of components for generative UI. */
export const UI = ".ui";

/** Folder beside the bundles: the files of the page `/watch`. */
export const PAGE = "watch";
