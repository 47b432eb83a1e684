/** Tries with the worker's own credentials what no worker does, and tells how each try ended. */
import { DeleteTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({ secret: z.string(), outcomes: z.record(z.string(), z.string()).optional() });

const outcome = (trial: Promise<unknown>): Promise<string> =>
  trial.then(
    () => "allowed",
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

async function probe({ secret }: typeof State.State) {
  const [table, secrets] = [new DynamoDBClient(), new SecretsManagerClient()];
  const TableName = process.env["THREADLINE_TABLE_NAME"];
  const mine = { SecretId: "threadline/other-secret", SecretString: "mine" };
  return {
    outcomes: {
      scan: await outcome(table.send(new ScanCommand({ TableName }))),
      deleteTable: await outcome(table.send(new DeleteTableCommand({ TableName }))),
      keyOfClients: await outcome(secrets.send(new GetSecretValueCommand({ SecretId: secret }))),
      changedSecret: await outcome(secrets.send(new PutSecretValueCommand(mine))),
    },
  };
}

export const graph = new StateGraph(State).addNode("probe", probe).addEdge(START, "probe").compile();
