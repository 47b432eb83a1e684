/** How the API is reached: a Function URL (agent-server.test.ts), or a REST API that streams, with a domain; and who may pass by it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { PublicHostedZone } from "aws-cdk-lib/aws-route53";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { AgentServerProps } from "../../infra/agent-server-props.ts";
import { newFolder, removeFolders, rightsOf, templateOf, testStack, variablesOf } from "./template-of.ts";

afterAll(removeFolders);

describe("a REST API", () => {
  const methodsOf = (props: Partial<AgentServerProps>) =>
    Object.values(templateOf({ endpoint: "rest-api", ...props }).findResources("AWS::ApiGateway::Method")).map(
      ({ Properties }) => `${Properties["HttpMethod"]} ${Properties["AuthorizationType"]}`,
    );

  test("streams every path as long as the function may, from its region, in place of a Function URL", () => {
    const template = templateOf({ endpoint: "rest-api" });

    template.resourceCountIs("AWS::Lambda::Url", 0);
    template.hasResourceProperties("AWS::ApiGateway::RestApi", {
      EndpointConfiguration: { Types: ["REGIONAL"] },
      DisableExecuteApiEndpoint: false,
    });
    template.hasResourceProperties("AWS::ApiGateway::Resource", { PathPart: "{proxy+}" });
    template.resourceCountIs("AWS::ApiGateway::Method", 2);
    template.allResourcesProperties("AWS::ApiGateway::Method", {
      HttpMethod: "ANY",
      AuthorizationType: "NONE",
      Integration: {
        Type: "AWS_PROXY",
        ResponseTransferMode: "STREAM",
        TimeoutInMillis: 900_000,
        Uri: Match.objectLike({ "Fn::Join": ["", Match.arrayWith([Match.stringLikeRegexp("2021-11-15")])] }),
      },
    });
    template.hasResourceProperties("AWS::Lambda::Permission", { Principal: "apigateway.amazonaws.com" });
  });

  test("answers for CORS by the function, also where AWS checks signatures, which no preflight has", () => {
    const template = templateOf({ endpoint: "rest-api", auth: "iam" });

    expect(methodsOf({ auth: "iam" }).toSorted()).toEqual([
      "ANY AWS_IAM",
      "ANY AWS_IAM",
      "OPTIONS NONE",
      "OPTIONS NONE",
    ]);
    expect(variablesOf(template, "api.handler")).not.toHaveProperty("THREADLINE_CORS");
    expect(JSON.stringify(template.findOutputs("*"))).toContain(":execute-api");
  });

  test("is watched as a Function URL is", () => {
    const template = templateOf({ endpoint: "rest-api", dashboard: true });

    template.hasResourceProperties("AWS::CloudWatch::Alarm", { Namespace: "AWS/ApiGateway", MetricName: "5XXError" });
    expect(JSON.stringify(template.findResources("AWS::CloudWatch::Dashboard"))).not.toContain("UrlRequestCount");
  });

  test("may have a name of its own, which is then the only way in", () => {
    const stack = testStack();
    const zone = new PublicHostedZone(stack, "Zone", { zoneName: "example.com" });
    const certificate = Certificate.fromCertificateArn(
      stack,
      "Cert",
      "arn:aws:acm:eu-west-1:000000000000:certificate/a",
    );

    const template = templateOf(
      { endpoint: "rest-api", domain: { name: "agents.example.com", certificate, zone } },
      stack,
    );

    template.hasResourceProperties("AWS::ApiGateway::RestApi", { DisableExecuteApiEndpoint: true });
    template.hasResourceProperties("AWS::ApiGateway::DomainName", {
      DomainName: "agents.example.com",
      SecurityPolicy: "TLS_1_2",
      EndpointConfiguration: { Types: ["REGIONAL"] },
    });
    template.resourceCountIs("AWS::ApiGateway::BasePathMapping", 1);
    template.hasResourceProperties("AWS::Route53::RecordSet", { Name: "agents.example.com.", Type: "A" });
    expect(JSON.stringify(template.findOutputs("*"))).toContain('"Value":"https://agents.example.com/"');
    expect(variablesOf(template, "api.handler")["THREADLINE_PUBLIC_URL"]).toBe("https://agents.example.com");
  });

  test("has the name, where a Function URL has none: that ends the synth with what to do", () => {
    const stack = testStack();
    const certificate = Certificate.fromCertificateArn(
      stack,
      "Cert",
      "arn:aws:acm:eu-west-1:000000000000:certificate/a",
    );

    expect(() => templateOf({ domain: { name: "agents.example.com", certificate } }, stack)).toThrow(
      /^domain: .* Take endpoint: "rest-api", or put CloudFront in front \(docs\/deploy\.md\)\.$/,
    );
  });
});

test("the address that is told has the project's prefix", () => {
  const config = join(newFolder(), "langgraph.json");
  writeFileSync(config, '{ "graphs": { "chat": "./chat.ts:graph" }, "http": { "mount_prefix": "/agents" } }');

  const outputs = JSON.stringify(templateOf({ config }).findOutputs("*"));

  expect(outputs).toMatch(/"FunctionUrl"\]\},"agents\/"\]/);
  expect(outputs).toContain("agents/runs/stream");
});

describe("the secret of what is in front", () => {
  test("is generated, read by the API alone, and printed by a command", () => {
    const template = templateOf({ auth: "none", originSecret: "generated" });

    const [secret] = Object.keys(template.findResources("AWS::SecretsManager::Secret"));
    expect(variablesOf(template, "api.handler")["THREADLINE_ORIGIN_SECRET_ARN"]).toEqual({ Ref: secret });
    expect(rightsOf(template, "api.handler").get("secretsmanager:GetSecretValue")).toEqual([{ Ref: secret }]);
    for (const other of ["worker.handler", "sweeper.handler"]) {
      expect(variablesOf(template, other)).not.toHaveProperty("THREADLINE_ORIGIN_SECRET_ARN");
      expect(rightsOf(template, other).has("secretsmanager:GetSecretValue")).toBe(false);
    }
    const outputs = JSON.stringify(template.findOutputs("*"));
    expect(outputs).toMatch(/OriginSecretCommand/);
    expect(outputs).toMatch(/x-origin-secret: \$\(aws secretsmanager/);
  });

  test("may be one that is there, and is none by default", () => {
    const stack = testStack();
    const mine = new Secret(stack, "Mine");

    const template = templateOf({ auth: "none", originSecret: mine }, stack);

    template.resourceCountIs("AWS::SecretsManager::Secret", 1);
    expect(variablesOf(template, "api.handler")["THREADLINE_ORIGIN_SECRET_ARN"]).toEqual(stack.resolve(mine.secretArn));
    expect(variablesOf(templateOf(), "api.handler")).not.toHaveProperty("THREADLINE_ORIGIN_SECRET_ARN");
  });
});
