/** Worker and sweeper in a network, a key of the owner's, and what each function has: the template, and the relations that must hold. */
import { App, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Match, type Template } from "aws-cdk-lib/assertions";
import { type IVpc, SecurityGroup, Vpc, type VpcProps } from "aws-cdk-lib/aws-ec2";
import { Key } from "aws-cdk-lib/aws-kms";
import type { AgentServerProps } from "../../infra/agent-server-props.ts";
import { newFolder, removeFolders, rightsOf, templateOf, testStack } from "./template-of.ts";

afterAll(removeFolders);

/** The cast: CDK's types forget `undefined`. */
const vpcIn = (stack: Stack, props: VpcProps = {}): IVpc => new Vpc(stack, "Vpc", props) as IVpc;
const FUNCTIONS = ["api.handler", "sweeper.handler", "worker.handler"];
const functionsOf = (template: Template, Properties: object): string[] =>
  Object.values(template.findResources("AWS::Lambda::Function", { Properties }))
    .map((found) => String(found["Properties"]["Handler"]))
    .toSorted();

describe("everything that may be chosen for the inside", () => {
  let stack: Stack;
  let template: Template;
  beforeAll(() => {
    stack = new Stack(new App({ outdir: newFolder() }), "Test", { env: { region: "eu-west-1" } });
    const vpc = vpcIn(stack, { maxAzs: 2, natGateways: 0 });
    template = templateOf(
      {
        vpc,
        subnets: { subnets: vpc.isolatedSubnets.slice(0, 1) },
        securityGroups: [new SecurityGroup(stack, "Group", { vpc })],
        encryptionKey: new Key(stack, "Mine"),
        tmp: { worker: 2_048 },
        timeout: { worker: Duration.minutes(5), api: Duration.minutes(10) },
        provisionedConcurrency: { api: 2, worker: 3 },
      },
      stack,
    );
  });

  test("worker and sweeper are in the network, with the group and the subnets; the API, which streams, is not", () => {
    const SubnetIds = [Match.anyValue()];
    const SecurityGroupIds = [{ "Fn::GetAtt": [Match.stringLikeRegexp("^Group"), "GroupId"] }];

    expect(functionsOf(template, { VpcConfig: { SubnetIds, SecurityGroupIds } })).toEqual(FUNCTIONS.slice(1));
    expect(functionsOf(template, { VpcConfig: Match.absent() })).toContain("api.handler");
    const named = Object.values(template.findResources("AWS::IAM::Role")).map(({ Properties }) =>
      JSON.stringify(Properties["Policies"] ?? null).includes("ec2:CreateNetworkInterface"),
    );
    expect(named.filter(Boolean)).toHaveLength(2);
  });

  test("table, queues, logs and key of clients are under the key, which functions and logs may use", () => {
    const [key] = Object.keys(template.findResources("AWS::KMS::Key"));
    const Arn = { "Fn::GetAtt": [key, "Arn"] };

    template.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
      SSESpecification: { SSEEnabled: true, SSEType: "KMS" },
      Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: Arn } })],
    });
    template.allResourcesProperties("AWS::SQS::Queue", { KmsMasterKeyId: Arn });
    template.allResourcesProperties("AWS::Logs::LogGroup", { KmsKeyId: Arn });
    template.allResourcesProperties("AWS::SecretsManager::Secret", { KmsKeyId: Arn });
    for (const handler of FUNCTIONS)
      for (const use of ["Decrypt", "Encrypt", "GenerateDataKey"])
        expect(rightsOf(template, handler).get(`kms:${use}`)).toContainEqual(Arn);
    template.hasResourceProperties("AWS::KMS::Key", {
      KeyPolicy: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": Match.anyValue() } } }),
        ]),
      }),
    });
  });

  test("sizes and times are those that were asked for, and a message still outlives its invocation", () => {
    expect(functionsOf(template, { EphemeralStorage: { Size: 2_048 } })).toEqual(["worker.handler"]);
    expect([functionsOf(template, { Timeout: 300 }), functionsOf(template, { Timeout: 600 })]).toEqual([
      ["worker.handler"],
      ["api.handler"],
    ]);
    template.hasResourceProperties("AWS::SQS::Queue", { VisibilityTimeout: 360, RedrivePolicy: Match.anyValue() });
  });

  test("what waits is reached: URL and queue ask the alias", () => {
    const aliases = template.findResources("AWS::Lambda::Alias");
    const counts = Object.values(aliases).map(
      ({ Properties }) => Properties["ProvisionedConcurrencyConfig"]["ProvisionedConcurrentExecutions"] as number,
    );

    expect(counts.toSorted((a, b) => a - b)).toEqual([2, 3]);
    template.hasResourceProperties("AWS::Lambda::Url", { Qualifier: "warm", InvokeMode: "RESPONSE_STREAM" });
    const [source] = Object.values(template.findResources("AWS::Lambda::EventSourceMapping"));
    expect(JSON.stringify(source?.["Properties"]["FunctionName"])).toMatch(/:warm"/);
  });
});

test("a table that was left is used as it is: none is made, rights and alarms are those of its name", () => {
  const template = templateOf({ existingTable: "Old-Table" });

  template.resourceCountIs("AWS::DynamoDB::GlobalTable", 0);
  const items = JSON.stringify(rightsOf(template, "worker.handler").get("dynamodb:PutItem"));
  const queried = JSON.stringify(rightsOf(template, "sweeper.handler").get("dynamodb:Query"));
  expect(items).toContain(":table/Old-Table");
  expect(queried).toContain(":table/Old-Table/index/by-due");
  expect(JSON.stringify(template.findResources("AWS::CloudWatch::Alarm"))).toContain("TableName = 'Old-Table'");
});

test.each<[Partial<AgentServerProps> | ((stack: Stack) => Partial<AgentServerProps>), RegExp]>([
  [{ subnets: {} }, /^subnets: .*`vpc`, which is missing\.$/],
  [{ securityGroups: [] }, /^securityGroups: .*`vpc`, which is missing\.$/],
  [{ apiInVpc: true, endpoint: "rest-api" }, /^apiInVpc: there is no `vpc`\.$/],
  [(stack) => ({ apiInVpc: true, vpc: vpcIn(stack) }), /Take endpoint: "rest-api", or leave the API outside\.$/],
  [
    (stack) => ({ encryptionKey: new Key(stack, "Mine") }),
    /^encryptionKey: .* Give the stack one: `env: \{ region: … \}`\.$/,
  ],
  [{ tmp: { worker: 100 } }, /^tmp\.worker: 100 is not a number of MB from 512 to 10240\.$/],
  [{ timeout: { worker: Duration.seconds(30) } }, /^timeout\.worker: 30 s is not from 60 to 900 s/],
  [{ timeout: { api: Duration.hours(1) } }, /^timeout\.api: 3600 s/],
  [{ provisionedConcurrency: { api: 5 }, apiConcurrency: 4 }, /^provisionedConcurrency\.api: 5 .*lower this\.$/],
  [{ provisionedConcurrency: { worker: 5 }, maxConcurrency: 4 }, /^provisionedConcurrency\.worker: 5 .*`max/],
  [{ existingTable: "Old", requestUnits: { read: 1 } }, /^requestUnits: the table Old is there already/],
  [{ existingTable: "Old", removalPolicy: RemovalPolicy.RETAIN }, /^removalPolicy: .*set it on the table\.$/],
])("%# of the options that do not go together ends the synth with what to do", (given, message) => {
  const stack = testStack();
  const props = typeof given === "function" ? given(stack) : given;

  expect(() => templateOf(props, stack)).toThrow(message);
});
