/** The Agent2Agent protocol (a2a-protocol.org): requests of 0.3 and 1.0 in one form, tasks and events in that of 0.3. */
import { z } from "zod";
import { absentable, AnyJson, type JsonObject, KeyText, Uuid } from "./json.ts";

/** What JSON-RPC has no code for. */
export const A2A = {
  taskNotFound: -32_001,
  taskNotCancelable: -32_002,
  pushNotSupported: -32_003,
  unsupportedOperation: -32_004,
  contentTypeNotSupported: -32_005,
  extendedCardNotConfigured: -32_007,
  versionNotSupported: -32_009,
} as const;

/** Messages of a task's history that an answer has at most (Agent Server API). */
export const HISTORY_MESSAGES = 10;
const HistoryLength = absentable(z.int().min(0).max(HISTORY_MESSAGES));

/** 0.3 names the kind of a part, 1.0 only fills its field. Files are neither: whoever reads a part sees that it has no content. */
const GivenPart = z.object({ text: absentable(z.string()), data: AnyJson.optional() });

/** Clients made from 1.0's schemas write an id that is not there as "". */
const absentId = <T extends z.ZodType>(schema: T) =>
  z.preprocess((id) => (id === "" ? undefined : id), absentable(schema));

const GivenMessage = z.object({
  messageId: KeyText.min(1),
  contextId: absentId(Uuid),
  taskId: absentId(KeyText),
  role: z.enum(["user", "agent", "ROLE_USER", "ROLE_AGENT"]),
  parts: z.array(GivenPart).min(1),
});
export type GivenMessage = z.infer<typeof GivenMessage>;

export const SendMessage = z.object({
  message: GivenMessage,
  configuration: absentable(
    z.object({
      historyLength: HistoryLength,
      blocking: absentable(z.boolean()),
      returnImmediately: absentable(z.boolean()),
      pushNotificationConfig: absentable(AnyJson),
      taskPushNotificationConfig: absentable(AnyJson),
    }),
  ),
});

export const TaskParams = z.object({ id: KeyText, historyLength: HistoryLength });

export type TaskState = "submitted" | "working" | "input-required" | "completed" | "failed" | "canceled";

export type Part =
  | { kind: "text"; text: string; metadata?: JsonObject }
  | { kind: "data"; data: JsonObject; metadata?: JsonObject };

export interface Message {
  kind: "message";
  role: "user" | "agent";
  parts: Part[];
  messageId: string;
  taskId: string;
  contextId: string;
}

export interface TaskStatus {
  state: TaskState;
  timestamp: string;
  message?: Message;
}

export interface Artifact {
  artifactId: string;
  name: string;
  description: string;
  parts: Part[];
}

export interface Task {
  kind: "task";
  id: string;
  contextId: string;
  status: TaskStatus;
  history: Message[];
  artifacts: Artifact[];
}

export interface StatusUpdate {
  kind: "status-update";
  taskId: string;
  contextId: string;
  status: TaskStatus;
  final: boolean;
  metadata?: JsonObject;
}

export interface ArtifactUpdate {
  kind: "artifact-update";
  taskId: string;
  contextId: string;
  artifact: Artifact;
  /** `false`: the artifact begins, in place of what was sent of it. */
  append: boolean;
  lastChunk: boolean;
  metadata?: JsonObject;
}
