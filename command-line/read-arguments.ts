/** Reads the arguments of every command: Node's parser, `--help`, and one kind of error. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { wrongArgument } from "./command-error.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

const HELP = { help: { type: "boolean", short: "h" } } as const;

/**
 * @returns the values by option; `help` is true if the usage was asked for
 * @throws CommandError with the usage for an option that is none of `options`, and for an argument that belongs to none
 */
export function readArguments<O extends Options>(args: string[], options: O, usage: string) {
  return readWithPositionals(args, options, usage, false).values;
}

/** As `readArguments`, and arguments that belong to no option are returned, too. */
export function readWithPositionals<O extends Options>(
  args: string[],
  options: O,
  usage: string,
  allowPositionals = true,
) {
  try {
    return parseArgs({ args, options: { ...options, ...HELP }, allowPositionals });
  } catch (error) {
    throw wrongArgument(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

/** @throws CommandError for anything but a whole number of at least `least` */
export function parseCount(option: string, text: string, least = 1): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isInteger(number) || number < least)
    throw wrongArgument(`--${option}: ${text} is not a whole number of at least ${least}.`);
  return number;
}

/** @throws CommandError for a text that is none of `known` */
export function parseChoice<T extends string>(option: string, text: string, known: readonly T[]): T {
  const found = known.find((one) => one === text);
  if (found === undefined) throw wrongArgument(`--${option}: ${text} is none of ${known.join(", ")}.`);
  return found;
}
