import type { Switches } from "./switches.ts";
export const switchesFor = (_without: readonly string[]): Switches => ({});
