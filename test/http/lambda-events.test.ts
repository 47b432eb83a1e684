/** A request as Lambda hands it over: whole events, in the shapes that a Function URL and a REST API send. */
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import { type HttpEvent, requestOf } from "../../functions/http/edge/lambda-events.ts";

const HOST = "abc.lambda-url.eu-west-1.on.aws";

const url = ({ method = "GET", ...fields }: Partial<APIGatewayProxyEventV2> & { method?: string }) =>
  ({
    version: "2.0",
    routeKey: "$default",
    rawPath: "/ok",
    rawQueryString: "",
    headers: { host: HOST, "x-api-key": "k", "x-forwarded-proto": "https", "user-agent": "test" },
    requestContext: {
      accountId: "anonymous",
      apiId: "abc",
      domainName: HOST,
      domainPrefix: "abc",
      http: { method, path: fields.rawPath ?? "/ok", protocol: "HTTP/1.1", sourceIp: "203.0.113.7", userAgent: "test" },
      requestId: "7d2f0c46-6b7e-4d32-9a51-6ee41a1f0c11",
      routeKey: "$default",
      stage: "$default",
      time: "30/Nov/2026:10:00:00 +0000",
      timeEpoch: 1_796_032_800_000,
    },
    isBase64Encoded: false,
    ...fields,
  }) satisfies APIGatewayProxyEventV2;

const NOBODY = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  sourceIp: "203.0.113.7",
  user: null,
  userAgent: "test",
  userArn: null,
};

const rest = ({ path = "/ok", httpMethod = "GET", ...fields }: Partial<APIGatewayProxyEvent>) =>
  ({
    resource: "/{proxy+}",
    path,
    httpMethod,
    headers: { Host: HOST, "x-api-key": "k" },
    multiValueHeaders: { Host: [HOST], "x-api-key": ["k"], "X-Forwarded-Proto": ["https"] },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      resourceId: "a1b2c3",
      resourcePath: "/{proxy+}",
      httpMethod,
      extendedRequestId: "X1=",
      requestTime: "30/Nov/2026:10:00:00 +0000",
      path: `/live${path}`,
      accountId: "123456789012",
      protocol: "HTTP/1.1",
      stage: "live",
      domainPrefix: "abc",
      requestTimeEpoch: 1_796_032_800_000,
      requestId: "7d2f0c46-6b7e-4d32-9a51-6ee41a1f0c11",
      identity: NOBODY,
      domainName: HOST,
      apiId: "abc",
      authorizer: null,
    },
    body: null,
    isBase64Encoded: false,
    ...fields,
  }) satisfies APIGatewayProxyEvent;

const TEXT = '{"ü":1}';
const BASE64 = Buffer.from(TEXT).toString("base64");

describe.each<[string, HttpEvent, HttpEvent, [HttpEvent, HttpEvent], HttpEvent]>([
  [
    "a Function URL",
    url({ rawPath: "/threads/a b/x?y#z", rawQueryString: "m=1&m=2&q=a%26b" }),
    url({ cookies: ["a=1", "b=2"] }),
    [url({ method: "POST", body: TEXT }), url({ method: "POST", body: BASE64, isBase64Encoded: true })],
    url({ body: "null" }),
  ],
  [
    "a REST API",
    rest({ path: "/threads/a%20b/x?y#z", multiValueQueryStringParameters: { m: ["1", "2"], q: ["a&b"] } }),
    rest({ multiValueHeaders: { "X-Api-Key": ["k"], Cookie: ["a=1", "b=2"] } }),
    [rest({ httpMethod: "POST", body: TEXT }), rest({ httpMethod: "POST", body: BASE64, isBase64Encoded: true })],
    rest({ body: "null" }),
  ],
])("%s", (_, asked, withCookies, withBodies, bodiless) => {
  test("says method, host, path without a stage, and query", () => {
    const { method, url: target } = requestOf(asked);

    expect([method, target]).toEqual(["GET", `https://${HOST}/threads/a%20b/x%3Fy%23z?m=1&m=2&q=a%26b`]);
  });

  test("says headers and cookies", () => {
    const { headers } = requestOf(withCookies);

    expect([headers.get("x-api-key"), headers.get("cookie")]).toEqual(["k", "a=1; b=2"]);
  });

  test.each(withBodies)("brings the body, as text and as base64 (%#)", async (event) => {
    const request = requestOf(event);

    expect([request.method, await request.json()]).toEqual(["POST", { ü: 1 }]);
  });

  test("brings no body on GET, whatever is sent", () => {
    expect(requestOf(bodiless).body).toBeNull();
  });
});

test("a header that is sent twice by way of a REST API has both values", () => {
  expect(requestOf(rest({ multiValueHeaders: { Accept: ["a/b", "c/d"] } })).headers.get("accept")).toBe("a/b, c/d");
});
