/** The stacks of docs/deploy.md, synthesised as they stand there. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, type Stack, type StackProps } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { newFolder, removeFolders } from "./template-of.ts";
import { ROOT } from "./synthesise-app.ts";

afterAll(removeFolders);

type RecipeProps = StackProps & { certificateArn: string; webAclArn: string };
type Recipe = new (scope: App, id: string, props: RecipeProps) => Stack;

const ARNS = {
  certificateArn: "arn:aws:acm:us-east-1:000000000000:certificate/a",
  webAclArn: "arn:aws:wafv2:us-east-1:000000000000:global/webacl/front/b",
};

/** The construct is that of this checkout, which builds nothing here. */
async function templateOfRecipe(name: string, context: Record<string, string> = {}): Promise<Template> {
  const blocks = [...readFileSync(join(ROOT, "docs/deploy.md"), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
  const code = blocks.map(([, text = ""]) => text).find((text) => text.includes(`class ${name} `));
  if (code === undefined) throw new Error(`docs/deploy.md has no ${name}`);
  const folder = newFolder();
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  mkdirSync(join(folder, "out"));
  writeFileSync(
    join(folder, "stack.ts"),
    code.replace('"threadline"', JSON.stringify(join(ROOT, "infra/agent-server.ts"))),
  );
  const made = (await import(join(folder, "stack.ts"))) as Record<string, Recipe>;
  const Made = made[name];
  if (!Made) throw new Error(`${name} is not exported`);
  const app = new App({ outdir: join(folder, "out"), context: { "aws:cdk:bundling-stacks": [], ...context } });
  return Template.fromStack(new Made(app, "Recipe", ARNS));
}

test("a REST API with a name and a web ACL", async () => {
  const template = await templateOfRecipe("RestStack");

  template.hasResourceProperties("AWS::ApiGateway::DomainName", { DomainName: "agents.example.com" });
  template.hasResourceProperties("AWS::WAFv2::WebACLAssociation", { WebACLArn: ARNS.webAclArn });
});

test("CloudFront sends the secret by reference, of the version that is named, and keeps nothing", async () => {
  const template = await templateOfRecipe("FrontStack", { "origin-version": "v2" });

  const reference = ["{{resolve:secretsmanager:", { Ref: Match.anyValue() }, ":SecretString:::v2}}"];
  template.hasResourceProperties("AWS::CloudFront::Distribution", {
    DistributionConfig: {
      WebACLId: ARNS.webAclArn,
      DefaultCacheBehavior: { CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", Compress: false },
      Origins: [
        {
          CustomOriginConfig: { OriginProtocolPolicy: "https-only", OriginReadTimeout: 60 },
          OriginCustomHeaders: [{ HeaderName: "x-origin-secret", HeaderValue: { "Fn::Join": ["", reference] } }],
        },
      ],
    },
  });
});
