/** What installers write beside a package's metadata: paths of this machine, and the time. */
const NAMES = ["direct_url.json", "uv_cache.json", "INSTALLER", "REQUESTED"];

/** Of a file in a folder `.dist-info`. */
export const isInstallers = (name: string): boolean => NAMES.includes(name);
