/** Words of an expression one by one, and the placeholders that stand for names and values. Must not know what they mean. */

export type Item = Record<string, unknown>;
export type Names = Record<string, string>;

const WORD = /\s*([(),=+-]|<>|<=|>=|<|>|[#:]?[A-Za-z0-9_]+)/y;

export class Tokens {
  readonly #text: string;
  readonly #words: string[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    WORD.lastIndex = 0;
    while (WORD.lastIndex < text.trimEnd().length) {
      const word = WORD.exec(text)?.[1];
      if (word === undefined) throw this.unknown(text);
      this.#words.push(word);
    }
  }

  get over(): boolean {
    return this.#at >= this.#words.length;
  }

  peek(ahead = 0): string | undefined {
    return this.#words[this.#at + ahead];
  }

  take(): string {
    const word = this.#words[this.#at++];
    if (word === undefined) throw this.unknown("its end");
    return word;
  }

  skip(word: string): boolean {
    if (this.peek() !== word) return false;
    this.#at++;
    return true;
  }

  expect(word: string): void {
    if (!this.skip(word)) throw this.unknown(this.peek() ?? "its end");
  }

  unknown(part: string): Error {
    return new Error(`the simulated table does not understand "${part}" in "${this.#text}"`);
  }
}

export function parse<T>(text: string, read: (tokens: Tokens) => T): T {
  const tokens = new Tokens(text);
  const result = read(tokens);
  if (!tokens.over) throw tokens.unknown(tokens.take());
  return result;
}

/** The placeholders of one request. */
export class AttributeValues {
  readonly #names: Names | undefined;
  readonly #values: Item | undefined;

  constructor({ names, values }: { names: Names | undefined; values: Item | undefined }) {
    this.#names = names;
    this.#values = values;
  }

  name(path: string): string {
    if (!path.startsWith("#")) return path;
    const name = this.#names?.[path];
    if (name === undefined) throw new Error(`the name ${path} is not given`);
    return name;
  }

  value(placeholder: string): unknown {
    const value = this.#values?.[placeholder];
    if (value === undefined) throw new Error(`the value ${placeholder} is not given`);
    return value;
  }
}

/** As DynamoDB does: a placeholder that no expression uses is an error of the caller. */
export function assertUsed(
  expressions: (string | undefined)[],
  names: Names | undefined,
  values: Item | undefined,
): void {
  const words = new Set(expressions.flatMap((text) => text?.match(/[#:][A-Za-z0-9_]+/g) ?? []));
  for (const name of [...Object.keys(names ?? {}), ...Object.keys(values ?? {})])
    if (!words.has(name))
      throw new Error(`ValidationException: ${name} is given and not used in ${expressions.join("; ")}`);
}
