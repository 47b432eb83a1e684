/**
 * Reads from the first bytes of a file for which platform it is a program or library. The C library is taken from the name, because no
 * header has it.
 */
import { closeSync, openSync, readSync } from "node:fs";
import type { Cpu } from "./target.ts";

export interface Binary {
  os: "linux" | "other";
  cpu: Cpu | "other";
  /** As text: "linux x64", "macOS", "Windows". */
  platform: string;
}

/** Where the ELF header has the operating system and the machine (System V ABI, chapter 4). */
const OS_BYTE = 7;
const MACHINE_BYTE = 18;
const HEADER_BYTES = 20;
const BIG_ENDIAN = 2;
const FREEBSD = 9;
const MACHINES: Readonly<Record<number, Cpu>> = { 62: "x64", 183: "arm64" };
/** Mach-O in both byte orders, 32 and 64 bits, and files for several CPUs. */
const MACH = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe, 0xcafebabf]);

/** Undefined for what is no binary. */
export function readBinary(file: string): Binary | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  const handle = openSync(file, "r");
  try {
    if (readSync(handle, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return undefined;
  } finally {
    closeSync(handle);
  }
  const magic = header.readUInt32BE(0);
  if (magic === 0x7f454c46) return readElf(header, file);
  if (MACH.has(magic)) return { os: "other", cpu: "other", platform: "macOS" };
  if (header.toString("latin1", 0, 2) === "MZ") return { os: "other", cpu: "other", platform: "Windows" };
  return undefined;
}

function readElf(header: Buffer, file: string): Binary {
  const machine = header[5] === BIG_ENDIAN ? header.readUInt16BE(MACHINE_BYTE) : header.readUInt16LE(MACHINE_BYTE);
  const cpu = MACHINES[machine] ?? "other";
  const cpuName = cpu === "other" ? `CPU ${machine}` : cpu;
  if (header[OS_BYTE] === FREEBSD) return { os: "other", cpu, platform: `FreeBSD ${cpuName}` };
  if (/musl|android/.test(file)) return { os: "other", cpu, platform: `linux ${cpuName} (not glibc)` };
  return { os: "linux", cpu, platform: `linux ${cpuName}` };
}
