/** How deep JSON is nested, counted in its bytes. A recursive parser would overflow its stack. */

/** Most levels of arrays and objects in a value. Serdes recurse with several frames a level and overflow the stack from some 2,000 on. */
export const NESTING = 500;
/** Levels that an event adds around a value: payload, node, channel. */
export const NESTING_AROUND = 12;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{`, `]` and `}` differ in one bit. */
const OPENS = 0x5b;
const CLOSES = 0x5d;
const BRACE = 0x20;

/** Why such a value is refused. */
export const TOO_DEEP = `nested more than ${NESTING} levels deep`;

/** Whether arrays and objects of this JSON lie in each other more than NESTING times. */
export function isTooDeep(json: Uint8Array): boolean {
  if (json.length < 2 * NESTING) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) at = endOfText(json, at);
    else if ((byte & ~BRACE) === OPENS) {
      if (++depth > NESTING) return true;
    } else if ((byte & ~BRACE) === CLOSES) depth--;
  }
  return false;
}

/** Index of the closing quote of the text that begins here. */
function endOfText(json: Uint8Array, start: number): number {
  for (let end = json.indexOf(QUOTE, start + 1); end >= 0; end = json.indexOf(QUOTE, end + 1)) {
    let escapes = 0;
    while (json[end - 1 - escapes] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return json.length;
}
