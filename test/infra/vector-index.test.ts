/** The switch for the vector index: what the template has with it, and which projects cannot have it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Match, type Template } from "aws-cdk-lib/assertions";
import { INDEXES } from "../../functions/aws/table/table.ts";
import { newFolder, removeFolders, rightsOf, templateOf, variablesOf } from "./template-of.ts";

afterAll(removeFolders);

describe("the vector index", () => {
  const withStore = (index: object | undefined): Template => {
    const config = join(newFolder(), "langgraph.json");
    writeFileSync(config, JSON.stringify({ graphs: { chat: "./chat.ts:graph" }, store: { index } }));
    return templateOf({ config, vectorIndex: true });
  };
  const INDEX = { dims: 1_536, embed: "openai:text-embedding-3-small" };

  test("is one for the project's vectors, whose filters the table knows, beside the other indexes", () => {
    const template = withStore(INDEX);

    const filters = ["label3", "label4", "label5", "label6"];
    template.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
      VectorIndexes: [
        {
          IndexName: "by-meaning-1536",
          VectorAttribute: { AttributeName: "x1536" },
          Dimensions: 1_536,
          DistanceFunction: "COSINE",
          SearchSchema: [
            { AttributeName: "pk", SearchSchemaElementType: "HASH" },
            ...filters.map((name) => ({ AttributeName: name, SearchSchemaElementType: "INLINE_FILTER" })),
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
      GlobalSecondaryIndexes: INDEXES.map(({ name }) => Match.objectLike({ IndexName: name })),
    });
    const attributesIn = (from: Template): string[] =>
      Object.values(from.findResources("AWS::DynamoDB::GlobalTable")).flatMap(({ Properties }) =>
        (Properties["AttributeDefinitions"] as unknown[]).map((one) => JSON.stringify(one)),
      );
    const added = filters.map((name) => JSON.stringify({ AttributeName: name, AttributeType: "S" }));
    expect(attributesIn(template).toSorted()).toEqual([...attributesIn(templateOf()), ...added].toSorted());
  });

  test("may be searched by the functions that run graphs and answer requests, which know of it; by default there is none", () => {
    const [on, off] = [withStore(INDEX), templateOf()];

    for (const [name, reads] of [
      ["api", true],
      ["worker", true],
      ["sweeper", false],
    ] as const) {
      const right = rightsOf(on, `${name}.handler`).get("dynamodb:SearchVectors");
      expect(JSON.stringify(right)?.includes('/index/by-meaning-1536"') ?? false).toBe(reads);
      expect(variablesOf(on, `${name}.handler`)["THREADLINE_VECTOR_INDEX"]).toBe("on");
      expect(variablesOf(off, `${name}.handler`)).not.toHaveProperty("THREADLINE_VECTOR_INDEX");
      expect(rightsOf(off, `${name}.handler`).has("dynamodb:SearchVectors")).toBe(false);
    }
    off.hasResourceProperties("AWS::DynamoDB::GlobalTable", { VectorIndexes: Match.absent() });
  });

  test.each<[object | undefined, string]>([
    [undefined, "langgraph.json has no store.index"],
    [{ ...INDEX, dims: 4_097 }, "store.index.dims is 4097, and DynamoDB indexes 4096 at most"],
    [
      { ...INDEX, fields: ["title", "text"] },
      "store.index.fields gives an item several vectors, and DynamoDB indexes one",
    ],
    [{ ...INDEX, fields: ["parts[*]"] }, "store.index.fields gives an item several vectors, and DynamoDB indexes one"],
  ])("of %j ends the synth", (index, message) => {
    expect(() => withStore(index)).toThrow(`vectorIndex: ${message}.`);
  });
});
