/** The port ProjectUi over the bundles that lie beside the manifest. Each is read once. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ProjectUi, UiBundle, UiFile } from "../../core/ui/ui-port.ts";
import { UI } from "../../protocol/compiled.ts";
import type { Project } from "./open-project.ts";

export function projectUi({ manifest, locate }: Pick<Project, "manifest" | "locate">): ProjectUi {
  const known = new Map<string, Promise<UiBundle>>();
  const fileOf = async (name: string): Promise<UiFile> => ({
    name,
    content: new Uint8Array(await readFile(path.join(locate(UI), name))),
  });
  const read = async (name: string): Promise<UiBundle> => {
    const { source, script, styles, error } = manifest.ui[name] ?? { source: name };
    if (script === undefined) return { kind: "broken", why: `${source}: ${error ?? "there is no bundle"}` };
    const [js, css] = await Promise.all([fileOf(script), styles === undefined ? undefined : fileOf(styles)]);
    return { kind: "bundle", script: js, styles: css };
  };
  return async (name) => {
    if (!Object.hasOwn(manifest.ui, name)) return undefined;
    const reading = known.get(name) ?? read(name);
    known.set(name, reading);
    reading.catch(() => known.delete(name));
    return reading;
  };
}
