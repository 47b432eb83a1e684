/** The methods of A2A by their names in both versions. */

/** Newest first. Which one an answer is in is said by the method's name. */
export const VERSIONS = ["1.0", "0.3"] as const;

export type Method = "send" | "stream" | "get" | "cancel" | "resubscribe" | "push" | "card";

const V03: Record<string, Method> = {
  "message/send": "send",
  "message/stream": "stream",
  "tasks/get": "get",
  "tasks/cancel": "cancel",
  "tasks/resubscribe": "resubscribe",
  "tasks/pushNotificationConfig/set": "push",
  "tasks/pushNotificationConfig/get": "push",
  "tasks/pushNotificationConfig/list": "push",
  "tasks/pushNotificationConfig/delete": "push",
  "agent/getAuthenticatedExtendedCard": "card",
};

const V1: Record<string, Method> = {
  SendMessage: "send",
  SendStreamingMessage: "stream",
  GetTask: "get",
  CancelTask: "cancel",
  SubscribeToTask: "resubscribe",
  CreateTaskPushNotificationConfig: "push",
  GetTaskPushNotificationConfig: "push",
  ListTaskPushNotificationConfigs: "push",
  DeleteTaskPushNotificationConfig: "push",
  GetExtendedAgentCard: "card",
};

/** Those whose response may stay open until a run ends. */
const LONG: ReadonlySet<Method> = new Set(["send", "stream", "cancel", "resubscribe"]);

export function methodOf(method: string): { name: Method; isV1: boolean; isLong: boolean } | undefined {
  const isV1 = Object.hasOwn(V1, method);
  const name = isV1 ? V1[method] : Object.hasOwn(V03, method) ? V03[method] : undefined;
  return name && { name, isV1, isLong: LONG.has(name) };
}
