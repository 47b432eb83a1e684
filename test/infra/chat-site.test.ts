/** The chat of examples/chat as it is deployed: pages in S3, the server behind the same name, the key in no template and no browser. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { ChatSite } from "../../examples/chat/infra/chat-site.ts";
import { AgentServer } from "../../infra/agent-server.ts";
import { newFolder, projectFolder, removeFolders, testStack } from "./template-of.ts";

afterAll(removeFolders);

interface Behaviour {
  PathPattern?: string;
  TargetOriginId: string;
  [name: string]: unknown;
}
interface Origin {
  Id: string;
  OriginCustomHeaders?: { HeaderName: string; HeaderValue: unknown }[];
  CustomOriginConfig?: object;
  OriginAccessControlId?: unknown;
}

function siteOf(keyVersion?: string) {
  const pages = join(newFolder(), "dist");
  mkdirSync(pages);
  writeFileSync(join(pages, "index.html"), "<!doctype html>");
  const stack = testStack();
  const artefact = { folder: projectFolder(), warnings: [] };
  const { functionUrl, key } = new AgentServer(stack, "AgentServer", {
    config: join(projectFolder(), "langgraph.json"),
    artefact,
  });
  if (!functionUrl || !key) throw new Error("A server of the default has both.");
  new ChatSite(stack, "Chat", { pages, functionUrl, key, keyVersion });
  const template = Template.fromStack(stack);
  const [distribution] = Object.values(template.findResources("AWS::CloudFront::Distribution"));
  const { Origins, DefaultCacheBehavior, CacheBehaviors } = (distribution ?? {})["Properties"].DistributionConfig as {
    Origins: Origin[];
    DefaultCacheBehavior: Behaviour;
    CacheBehaviors: Behaviour[];
  };
  const originOf = ({ TargetOriginId }: Behaviour) => Origins.find(({ Id }) => Id === TargetOriginId);
  return { template, pages: DefaultCacheBehavior, server: CacheBehaviors, originOf };
}

test("threads alone lead to the server, with any method, uncached, uncompressed and by HTTPS", () => {
  const { server, originOf } = siteOf();

  expect(server.map(({ PathPattern }) => PathPattern)).toEqual([
    "/threads",
    "/threads/????????-????-????-????-????????????",
    "/threads/????????-????-????-????-????????????/*",
  ]);
  for (const behaviour of server) {
    expect(behaviour).toMatchObject({
      // AWS's policies CachingDisabled and AllViewerExceptHostHeader.
      CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
      OriginRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      ViewerProtocolPolicy: "https-only",
      Compress: false,
    });
    expect(behaviour["AllowedMethods"]).toHaveLength(7);
    expect(behaviour["FunctionAssociations"]).toBeUndefined();
    expect(behaviour["LambdaFunctionAssociations"]).toBeUndefined();
    // Longer than a keep-alive of the server, and what CloudFront allows without a quota.
    expect(originOf(behaviour)?.CustomOriginConfig).toMatchObject({ OriginReadTimeout: 60 });
  }
});

test("the key is a reference to the server's secret, in one header of one origin", () => {
  const { template, server, pages, originOf } = siteOf("v2");

  const [behaviour] = server;
  const headers = behaviour && originOf(behaviour)?.OriginCustomHeaders;
  expect(headers?.map(({ HeaderName }) => HeaderName)).toEqual(["x-api-key"]);
  const value = JSON.stringify(headers?.[0]?.HeaderValue);
  expect(value).toMatch(/\{\{resolve:secretsmanager:.*AgentServerKey.*:SecretString:::v2\}\}/);
  expect(originOf(pages)?.OriginCustomHeaders).toBeUndefined();
  expect(JSON.stringify(template.toJSON()).match(/resolve:secretsmanager/g)).toHaveLength(1);
});

test("the pages are CloudFront's alone, and their bucket goes with the stack", () => {
  const { template, pages, originOf } = siteOf();

  expect(originOf(pages)?.OriginAccessControlId).toBeDefined();
  expect(pages.ViewerProtocolPolicy).toBe("redirect-to-https");
  template.hasResource("AWS::S3::Bucket", {
    DeletionPolicy: "Delete",
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
  });
});
