/**
 * Text as it is shown: what would not be seen, or would turn what stands beside it, is written as an escape. Tabs and ends of lines stay.
 * Half a surrogate pair is no character; direction overrides let a text read as another one.
 */
import type { Json } from "../functions/protocol/json.ts";
import { textOf } from "./json.ts";
import { NAME_CHARACTERS } from "./limits.ts";

const UNSEEN = /(?![\t\n\r])[\p{Cc}\u202a-\u202e\ufeff]|\p{Surrogate}/gu;

export const visible = (text: string): string =>
  text.replaceAll(UNSEEN, (unseen) => `\\u${unseen.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The beginning, made visible, with dots for what is cut off. @param length characters */
export const beginning = (text: string, length: number): string =>
  text.length > length ? `${visible(cut(text, length))} …` : visible(text);

/** Never in the middle of a surrogate pair. */
export const cut = (text: string, length: number): string =>
  text.slice(0, /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length);

/** A name that somebody else has chosen: of a graph, a node, a key, an assistant. */
export const nameText = (name: Json | undefined): string => beginning(textOf(name), NAME_CHARACTERS);
