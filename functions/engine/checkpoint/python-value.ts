/**
 * What a graph of Python has stored (LangGraph's JsonPlusSerializer), as JSON: without Python, which takes a second to start. Must agree
 * with `python/child/threadline_child/encode.py`.
 */
import type { ChannelValue } from "../../core/checkpoint/checkpoint-port.ts";
import { joinElements } from "../../core/checkpoint/cut-value.ts";
import { readMsgpack } from "./msgpack.ts";

/** Types that only Python's serde writes. */
const TYPES = ["msgpack", "null", "bytearray"];

export const isPythons = ({ type }: ChannelValue): boolean => TYPES.includes(type);

/** A channel that stores differences: only its graph can compute it. Recognised by the name of its class, as JavaScript's own. */
class DeltaSnapshot {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** Whether it shows what Python would: not with a code of an array or of differences, nor with what older serdes or others wrote. */
export function isExactlyReadable(value: ChannelValue): boolean {
  try {
    return isPythons(value) && (value.type !== "msgpack" || isExact(joinElements(value.elements)));
  } catch {
    return false;
  }
}

function isExact(data: Uint8Array): boolean {
  let exact = true;
  const value = readMsgpack(data, {
    bytes: base64,
    extension: (code, content) => {
      exact &&= code !== 6 && code !== 7 && isExact(content);
      return {};
    },
    unclearKey: () => {
      exact = false;
    },
  });
  return exact && !isPattern(value);
}

/** Of a regular expression: Python shows its flags by name. */
const isPattern = (parts: unknown): boolean => Array.isArray(parts) && parts[0] === "re" && parts[1] === "compile";

export function pythonValue({ type, elements }: ChannelValue): unknown {
  if (type === "null") return null;
  const bytes = joinElements(elements);
  return type === "msgpack" ? read(bytes) : base64(bytes);
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const read = (bytes: Uint8Array): unknown => readMsgpack(bytes, { bytes: base64, extension });

/** Codes of the serde: 6 an array of numpy, 7 a delta; else a class by module and name, with what it is made of. */
function extension(code: number, data: Uint8Array): unknown {
  if (code === 7) return new DeltaSnapshot(code);
  if (code === 6) return null;
  const content = read(data);
  if (!Array.isArray(content)) return content;
  const [module, name, argument]: unknown[] = content;
  const show = SHOWN[`${String(module)}.${String(name)}`];
  if (show) return show(argument);
  return /^pathlib(\._local)?$/.test(String(module)) ? pathOf(argument) : argument;
}

/** Where JSON shows something else than what the instance is made of. */
const SHOWN: Record<string, (argument: unknown) => unknown> = {
  "uuid.UUID": (hex) => String(hex).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
  "decimal.Decimal": Number,
  "datetime.date": (parts) => {
    const [year = 0, month = 0, day = 0] = numbersOf(parts);
    return `${padded(year, 4)}-${padded(month)}-${padded(day)}`;
  },
  "datetime.timedelta": (parts) => {
    const [days = 0, seconds = 0, micros = 0] = numbersOf(parts);
    return days * 86_400 + seconds + micros / 1e6;
  },
  "datetime.time": (parts) => {
    // Python's encoder knows no time with a zone.
    if (isInZone(parts)) return null;
    const { hour = 0, minute = 0, second = 0, microsecond = 0 } = fieldsOf(parts);
    const fraction = microsecond ? `.${padded(microsecond, 6)}` : "";
    return `${padded(hour)}:${padded(minute)}:${padded(second)}${fraction}`;
  },
  "langgraph.types.Send": (parts) => {
    const [node, args]: unknown[] = Array.isArray(parts) ? parts : [];
    return { node, args };
  },
};

const isInZone = (parts: unknown): boolean =>
  typeof parts === "object" && parts !== null && "tzinfo" in parts && parts.tzinfo !== null;
const padded = (value: number, width = 2): string => String(value).padStart(width, "0");
const numbersOf = (parts: unknown): number[] => (Array.isArray(parts) ? parts.map(Number) : []);
const fieldsOf = (parts: unknown): Record<string, number> =>
  typeof parts === "object" && parts !== null
    ? Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, Number(value)]))
    : {};

function pathOf(parts: unknown): string {
  const [root, ...names] = Array.isArray(parts) ? parts.map(String) : [];
  return root === "/" ? `/${names.join("/")}` : [root ?? "", ...names].join("/");
}
