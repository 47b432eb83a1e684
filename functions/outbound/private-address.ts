/**
 * Addresses that a request on behalf of a stranger must not reach: this machine, its network, the cloud's metadata service, and everything
 * else that IANA reserves. Of IPv6 only global unicast is public.
 */
import { BlockList, isIPv6 } from "node:net";

const special = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  // Relays of 6to4, which pack any IPv4 address.
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const)
  special.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  // Protocol assignments: Teredo, benchmarking, ORCHID and others.
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  special.addSubnet(network, prefix, "ipv6");

/** Excludes loopback, link-local and unique local addresses, those that contain an IPv4 address, and what is not assigned. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");
const mapped = new BlockList();
mapped.addSubnet("::ffff:0:0", 96, "ipv6");
const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

const isIn = (list: BlockList, address: string): boolean => list.check(address, isIPv6(address) ? "ipv6" : "ipv4");

/** The address without its zone, which names a network interface. */
const plain = (address: string): string => address.replace(/%.*$/, "");

/** IPv4 written as IPv6 (`::ffff:127.0.0.1`) counts as the IPv4 it is. */
export function isPrivateAddress(text: string): boolean {
  const address = plain(text);
  if (isIn(special, address)) return true;
  return isIPv6(address) && !isIn(globalUnicast, address) && !isIn(mapped, address);
}

export const isLoopbackAddress = (text: string): boolean => isIn(loopback, plain(text));
