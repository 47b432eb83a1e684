/** The vector index of a table, which TableV2 cannot express: properties of the CloudFormation resource behind it. */
import { CfnGlobalTable, type TableV2 } from "aws-cdk-lib/aws-dynamodb";
import {
  INDEXES,
  LABEL_FILTERS,
  PARTITION_KEY,
  typedAttributes,
  vectorIndexFor,
  type VectorIndexShape,
} from "../functions/aws/table/table.ts";
import { readConfig } from "../packaging/config/read-config.ts";
import type { AgentServerProps } from "./agent-server-props.ts";
import { SynthError } from "./synth-error.ts";

/** @returns undefined if none is wanted @throws SynthError for a project whose vectors cannot be indexed */
export function wantedVectorIndex({ vectorIndex, config }: AgentServerProps): VectorIndexShape | undefined {
  if (!vectorIndex) return undefined;
  const index = vectorIndexFor(readConfig(config).store.config);
  if ("unfit" in index) throw new SynthError(`vectorIndex: ${index.unfit}.`);
  return index;
}

export function addVectorIndex(table: TableV2, { name, vector, dims }: VectorIndexShape): void {
  const resource = table.node.defaultChild;
  if (!(resource instanceof CfnGlobalTable)) throw new Error("TableV2 is no global table any more");
  resource.vectorIndexes = [
    {
      indexName: name,
      vectorAttribute: { attributeName: vector },
      dimensions: dims,
      distanceFunction: "COSINE",
      searchSchema: [
        { attributeName: PARTITION_KEY, searchSchemaElementType: "HASH" },
        ...LABEL_FILTERS.map((label) => ({ attributeName: label, searchSchemaElementType: "INLINE_FILTER" })),
      ],
      projection: { projectionType: "KEYS_ONLY" },
    },
  ];
  resource.attributeDefinitions = [...typedAttributes(INDEXES, true)].map(([attributeName, attributeType]) => ({
    attributeName,
    attributeType,
  }));
}
