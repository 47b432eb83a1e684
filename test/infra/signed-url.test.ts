/** A server of which AWS checks the signatures: the URL lets signed requests in alone, and answers for CORS. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Annotations, Match } from "aws-cdk-lib/assertions";
import type { AgentServerProps } from "../../infra/agent-server-props.ts";
import { newFolder, removeFolders, templateOf, testStack, variablesOf } from "./template-of.ts";

afterAll(removeFolders);

describe("E2, E3: with IAM the URL answers for CORS, for nobody signs a preflight", () => {
  const corsOf = (props: Partial<AgentServerProps>, http: object = {}) => {
    const folder = newFolder();
    const config = join(folder, "langgraph.json");
    writeFileSync(config, JSON.stringify({ graphs: { chat: "./chat.ts:graph" }, http }));
    const stack = testStack();
    const template = templateOf({ auth: "iam", config, ...props }, stack);
    const [url] = Object.values(template.findResources("AWS::Lambda::Url"));
    const warnings = Annotations.fromStack(stack).findWarning("*", Match.stringLikeRegexp("allow_origin_regex"));
    return { cors: url?.["Properties"]["Cors"], warnings: warnings.length, template };
  };

  test("with any header, from anywhere, and within what a URL takes", () => {
    const { cors, template } = corsOf({});

    expect(cors).toEqual({
      AllowCredentials: false,
      AllowHeaders: ["*", "authorization"],
      AllowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
      AllowOrigins: ["*"],
      ExposeHeaders: [
        "location",
        "content-location",
        "x-pagination-total",
        "x-pagination-next",
        "last-event-id",
        "mcp-session-id",
      ],
      MaxAge: 600,
    });
    expect(variablesOf(template, "api.handler")["THREADLINE_CORS"]).toBe("off");
  });

  test("as http.cors says, and over it the deployment", () => {
    const cors = {
      allow_origins: ["https://a.example.com"],
      allow_headers: ["x-one"],
      allow_methods: ["post"],
      max_age: 1e6,
    };

    expect(corsOf({}, { cors }).cors).toMatchObject({
      AllowOrigins: ["https://a.example.com"],
      AllowHeaders: ["x-one"],
      AllowMethods: ["POST"],
      MaxAge: 86_400,
    });
    expect(corsOf({ cors: { origins: ["https://b.example.com"] } }, { cors }).cors).toMatchObject({
      AllowOrigins: ["https://b.example.com"],
    });
  });

  test("but for a pattern, which it does not know and which is said", () => {
    expect(corsOf({}, { cors: { allow_origin_regex: "https://.*" } })).toMatchObject({ cors: undefined, warnings: 1 });
    expect(corsOf({}).warnings).toBe(0);
  });
});

test("with IAM the URL lets only signed requests in, and nobody is permitted from outside", () => {
  const template = templateOf({ auth: "iam" });

  template.hasResourceProperties("AWS::Lambda::Url", { AuthType: "AWS_IAM" });
  expect(variablesOf(template, "api.handler")["THREADLINE_AUTH"]).toBe("iam");
  expect(Object.values(template.findResources("AWS::Lambda::Permission", { Properties: { Principal: "*" } }))).toEqual(
    [],
  );
});
