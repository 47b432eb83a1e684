/**
 * Tickets for runs and own routes whose code is in another process: a call of this server that shows one is that of their user. A ticket is
 * known to both processes alone, and is worth nothing once its run or response has ended here.
 */
import { randomBytes } from "node:crypto";
import type { User } from "./auth-port.ts";

/** The header that shows it. No host sets it, and nothing of a request passes it on. */
export const CALLER_TICKET = "x-threadline-caller";

const users = new Map<string, User>();

export interface CallerTicket {
  ticket: string;
  withdraw(): void;
}

export function ticketFor(user: User): CallerTicket {
  const ticket = randomBytes(32).toString("base64url");
  users.set(ticket, user);
  return { ticket, withdraw: () => void users.delete(ticket) };
}

/** Undefined for a ticket that is unknown or withdrawn, or none. */
export const holderOf = (ticket: string | null): User | undefined => (ticket === null ? undefined : users.get(ticket));
