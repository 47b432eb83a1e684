/** What a real client has of a thread by the thread-centric protocol, and what a person can do with it: the same for each client. */
import type { Client } from "../results.ts";

export interface View {
  /** Null before its first run. */
  threadId: string | null;
  /** What people and models said, in order; as far as it has come. */
  said: string[];
  /** Names of the tools that were called. */
  tools: string[];
  /** Nodes that are graphs. */
  graphs: string[];
  /** What came on the channel `custom:progress`. */
  progress: unknown[];
  /** What waits for an answer. */
  questions: string[];
  isBusy: boolean;
}

/** One client at one thread: a tab, or an object of an SDK. */
export interface Seat extends AsyncDisposable {
  view: () => Promise<View>;
  /** Starts a run with a person's message. */
  send: (text: string) => Promise<void>;
  /** Answers one question with "to QUESTION". */
  answer: (question: string) => Promise<void>;
  /** Answers all at once, each with "to QUESTION". */
  answerAll: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface Place {
  /** Of the server. */
  api: string;
  assistant: string;
  /** Absent = a new one. */
  threadId?: string;
}

export interface SeatKind {
  client: Client;
  /** What a killed worker had said of a message stays beside the message until the page is loaded again. */
  keepsHalves?: true;
  open: (place: Place) => Promise<Seat>;
}
