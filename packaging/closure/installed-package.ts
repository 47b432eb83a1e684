/** A package as it is installed. */

export interface InstalledPackage {
  /** Equal keys are one package: `name@version`; the folder where one of them is not stated. */
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
