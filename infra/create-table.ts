/** The table, with the keys and indexes that the functions use; or one that an earlier stack has left. */
import { RemovalPolicy } from "aws-cdk-lib";
import {
  AttributeType,
  Billing,
  type ITableV2,
  ProjectionType,
  TableEncryptionV2,
  TableV2,
} from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import { INDEXES, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from "../functions/aws/table/table.ts";
import type { AgentServerProps } from "./agent-server-props.ts";
import { addVectorIndex, wantedVectorIndex } from "./vector-index.ts";

const type = { S: AttributeType.STRING, N: AttributeType.NUMBER };

export function createTable(scope: Construct, props: AgentServerProps): ITableV2 {
  if (props.existingTable !== undefined) return TableV2.fromTableName(scope, "Table", props.existingTable);
  const { requestUnits: { read, write } = {}, warmThroughput: warm, removalPolicy, encryptionKey } = props;
  const retain = removalPolicy === RemovalPolicy.RETAIN;
  const table = new TableV2(scope, "Table", {
    partitionKey: { name: PARTITION_KEY, type: AttributeType.STRING },
    sortKey: { name: SORT_KEY, type: AttributeType.STRING },
    billing: Billing.onDemand({
      ...(read === undefined ? {} : { maxReadRequestUnits: read }),
      ...(write === undefined ? {} : { maxWriteRequestUnits: write }),
    }),
    // Only the table: an index takes about a tenth of its writes.
    ...(warm && {
      warmThroughput: {
        ...(warm.read === undefined ? {} : { readUnitsPerSecond: warm.read }),
        ...(warm.write === undefined ? {} : { writeUnitsPerSecond: warm.write }),
      },
    }),
    timeToLiveAttribute: TTL_ATTRIBUTE,
    globalSecondaryIndexes: INDEXES.map(({ name, partition, sort, projection }) => ({
      indexName: name,
      partitionKey: { name: partition.name, type: type[partition.type] },
      sortKey: { name: sort.name, type: type[sort.type] },
      ...(projection === "KEYS_ONLY"
        ? { projectionType: ProjectionType.KEYS_ONLY }
        : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: projection.include }),
    })),
    ...(encryptionKey && { encryption: TableEncryptionV2.customerManagedKey(encryptionKey) }),
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    deletionProtection: retain,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: retain },
  });
  const vectors = wantedVectorIndex(props);
  if (vectors) addVectorIndex(table, vectors);
  // CDK's types forget `undefined`.
  return table as ITableV2;
}
