/** The sockets on which processes listen, from Linux's /proc: for tests of who can reach them. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { networkInterfaces } from "node:os";

/** Containers are often without it. */
export const hasIPv6 = Object.values(networkInterfaces()).some((known) =>
  known?.some(({ address }) => address === "::1"),
);

export interface Listener {
  /** IPv4; of IPv6 `::1`, others as hexadecimal digits. */
  address: string;
  port: number;
}

const LISTEN = "0A";

/** Of IPv4 and IPv6, of these processes. */
export function listenersOf(pids: readonly number[]): Listener[] {
  const sockets = new Set(pids.flatMap(socketsOf));
  const rows = ["tcp", "tcp6"].flatMap((kind) => readFileSync(`/proc/net/${kind}`, "utf8").trim().split("\n").slice(1));
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode = ""]) => state === LISTEN && sockets.has(inode))
    .map(([, local = ""]) => {
      const [address = "", port = ""] = local.split(":");
      return { address: written(address), port: Number.parseInt(port, 16) };
    });
}

/** `::1` as the kernel prints it: four numbers, each as it lies in memory. */
const LOOPBACK = `${"0".repeat(24)}01000000`;

function written(address: string): string {
  if (address.length === 8) return dotted(address);
  return address === LOOPBACK ? "::1" : address;
}

/** The kernel prints the number as it lies in memory. */
const dotted = (hex: string): string => [...Buffer.from(hex, "hex")].toReversed().join(".");

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    // A process, or one of its files, has gone meanwhile.
    return [];
  }
}
