/** The first bytes of programs and libraries, as linkers of the platforms write them. */

const MACHINES = { x64: 62, arm64: 183, riscv64: 243 };

/** An ELF header; `os` 0 = System V, as Linux has it, 9 = FreeBSD. */
export function elf(cpu: keyof typeof MACHINES, os = 0): Buffer {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, os]);
  header.writeUInt16LE(3, 16);
  header.writeUInt16LE(MACHINES[cpu], 18);
  return header;
}

export const machO = (): Buffer => Buffer.concat([Buffer.from([0xcf, 0xfa, 0xed, 0xfe]), Buffer.alloc(60)]);
export const windows = (): Buffer => Buffer.concat([Buffer.from("MZ"), Buffer.alloc(62)]);
