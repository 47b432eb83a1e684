/** A package as it is installed. */

export interface InstalledPackage {
  /** `name@version`, or the folder where no version is stated. Packages of equal key have equal files, but may see other dependencies. */
  key: string;
  /** Of its package.json; dependents may know it by another name. */
  name: string;
  version: string | undefined;
  /** Absolute, without links. */
  dir: string;
  manifest: Readonly<Record<string, unknown>>;
  /** The packages that it finds, by the name that it uses. */
  dependencies: Map<string, InstalledPackage>;
}
