/** Asks the child of a project what may be asked twice. */
import { type Child, ChildGone } from "./child.ts";
import type { ProjectChildren } from "./project-children.ts";

/** Again in the next child if this one has gone: another run may have killed it. What does so itself fails there, too. */
export async function inLivingChild<T>(
  children: Pick<ProjectChildren, "get">,
  ask: (child: Child) => Promise<T>,
): Promise<T> {
  return ask(await children.get()).catch(async (error: unknown) => {
    if (!(error instanceof ChildGone)) throw error;
    return ask(await children.get());
  });
}
