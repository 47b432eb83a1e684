/** Port: bundles of the project's components for generative UI (`ui` of langgraph.json), as packaging has made them. */

export interface UiFile {
  /** Has a hash of its content. */
  name: string;
  content: Uint8Array<ArrayBuffer>;
}

/** `broken`: why there is no bundle. The script makes its components known under the name of the bundle (protocol/ui-script.ts). */
export type UiBundle = { kind: "bundle"; script: UiFile; styles: UiFile | undefined } | { kind: "broken"; why: string };

/** By its name in langgraph.json, mostly a graph's; undefined = there is none of that name. */
export type ProjectUi = (name: string) => Promise<UiBundle | undefined>;
