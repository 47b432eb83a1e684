/** A text of any length. Megabytes of it would block the page, so it is drawn in pieces: as many as somebody wants. */
import { useState } from "preact/hooks";
import { MORE_CHARACTERS, TEXT_CHARACTERS } from "../limits.ts";
import { cut, visible } from "../visible-text.ts";

export function LongText({ text }: { text: string }) {
  const [shown, setShown] = useState(TEXT_CHARACTERS);
  if (text.length <= shown) return <>{visible(text)}</>;
  return (
    <>
      {visible(cut(text, shown))}
      <button type="button" class="link" onClick={() => setShown(shown + MORE_CHARACTERS)}>
        … {(text.length - shown).toLocaleString("en")} more characters
      </button>
    </>
  );
}
