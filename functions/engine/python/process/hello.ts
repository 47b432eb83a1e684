/** The first call of a child: what it serves, and by which of our limits. */
import { ERROR_CHARACTERS, WHOLE_BYTES } from "../../../core/json/size-limits.ts";
import { SHOWN_CHANNELS_BYTES } from "../../../core/run/timings.ts";
import { type ErrorText, HIDDEN, SHOWN } from "../../graph/shown-errors.ts";
import type { AllowedClasses } from "../../../protocol/manifest.ts";
import { OUTPUT_CHARACTERS } from "./limits.ts";
import { SAVER_HEADS, STREAMED_MESSAGES, STREAMED_NAMESPACES } from "../../timings.ts";

export interface Hello {
  /** The working directory, absolute. */
  dir: string;
  /** Where modules are searched, absolute, before what the interpreter brings. */
  paths: string[];
  /** Specs by graph id. */
  graphs: Record<string, string>;
  agreed: Agreed;
}

type Agreed = ReturnType<typeof agreedWith>;

/** By the names of `child/threadline_child/agreed.py`. */
export const agreedWith = (text: ErrorText, allowedClasses?: AllowedClasses) => ({
  hides_errors: text === "hide",
  hidden_text: HIDDEN,
  shown_errors: SHOWN,
  error_characters: ERROR_CHARACTERS,
  shown_channels_bytes: SHOWN_CHANNELS_BYTES,
  whole_bytes: WHOLE_BYTES,
  streamed_messages: STREAMED_MESSAGES,
  streamed_namespaces: STREAMED_NAMESPACES,
  saver_heads: SAVER_HEADS,
  output_characters: OUTPUT_CHARACTERS,
  allowed_classes: allowedClasses ?? null,
});
