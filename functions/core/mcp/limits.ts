/** Limits and times of MCP, with unit and reason. */
import { SECOND } from "../units.ts";

/** Characters of a tool's name: what model providers accept. */
export const NAME_CHARACTERS = 64;
/** Tools of one answer; each reads the schema of its graph. */
export const TOOLS_PAGE = 100;
/** ms that a cancel looks for its call: the request that creates it may be a moment behind. */
export const CALL_PATIENCE = 1 * SECOND;
/** ms between two looks. */
export const CALL_POLL = 100;
