/** How the API is reached: a Function URL, or a REST API of API Gateway; both stream. */
import { Duration } from "aws-cdk-lib";
import {
  AuthorizationType,
  EndpointType,
  LambdaIntegration,
  ResponseTransferMode,
  RestApi,
  SecurityPolicy,
} from "aws-cdk-lib/aws-apigateway";
import { FunctionUrlAuthType, type FunctionUrl, type IFunction, InvokeMode } from "aws-cdk-lib/aws-lambda";
import { ARecord, RecordTarget } from "aws-cdk-lib/aws-route53";
import { ApiGateway } from "aws-cdk-lib/aws-route53-targets";
import type { Construct } from "constructs";
import { API_TIMEOUT_S } from "../functions/http/edge/timings.ts";
import type { AgentServerProps } from "./agent-server-props.ts";
import { signedUrlCors } from "./signed-url-cors.ts";
import { SynthError } from "./synth-error.ts";

/** Part of the address that API Gateway gives. Clients behind a domain do not see it. */
const STAGE = "live";

export interface Endpoint {
  /** With a slash at the end. */
  url: string;
  functionUrl?: FunctionUrl;
  restApi?: RestApi;
}

/** @throws SynthError for a domain that the endpoint cannot have */
export function createEndpoint(scope: Construct, api: IFunction, props: AgentServerProps): Endpoint {
  if (props.endpoint === "rest-api") return restEndpoint(scope, api, props);
  if (props.domain)
    throw new SynthError(
      'domain: a Function URL cannot have a name of its own. Take endpoint: "rest-api", or put CloudFront in front (docs/deploy.md).',
    );
  const signed = props.auth === "iam";
  const cors = signed ? signedUrlCors(scope, props) : undefined;
  // Keys are checked in the function, because the SDKs do not sign. The CDK adds both permissions that a public URL needs.
  const functionUrl = api.addFunctionUrl({
    authType: signed ? FunctionUrlAuthType.AWS_IAM : FunctionUrlAuthType.NONE,
    invokeMode: InvokeMode.RESPONSE_STREAM,
    ...(cors && { cors }),
  });
  return { url: functionUrl.url, functionUrl };
}

/** Regional: an edge-optimised one ends a stream after 30 s of silence. Its own address is closed where there is a domain. */
function restEndpoint(scope: Construct, api: IFunction, { auth, domain, tracing }: AgentServerProps): Endpoint {
  const restApi = new RestApi(scope, "Rest", {
    endpointTypes: [EndpointType.REGIONAL],
    cloudWatchRole: false,
    disableExecuteApiEndpoint: domain !== undefined,
    deployOptions: { stageName: STAGE, tracingEnabled: tracing ?? false },
  });
  const integration = new LambdaIntegration(api, {
    responseTransferMode: ResponseTransferMode.STREAM,
    timeout: Duration.seconds(API_TIMEOUT_S),
    allowTestInvoke: false,
    scopePermissionToMethod: false,
  });
  const { IAM, NONE } = AuthorizationType;
  for (const resource of [restApi.root, restApi.root.addResource("{proxy+}")]) {
    resource.addMethod("ANY", integration, { authorizationType: auth === "iam" ? IAM : NONE });
    // Browsers do not sign preflights. The function answers nothing else to this method.
    if (auth === "iam") resource.addMethod("OPTIONS", integration, { authorizationType: NONE });
  }
  if (!domain) return { url: restApi.url, restApi };
  const { name: domainName, certificate, zone } = domain;
  restApi.addDomainName("Domain", {
    domainName,
    certificate,
    endpointType: EndpointType.REGIONAL,
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  if (zone)
    new ARecord(scope, "DomainRecord", {
      zone,
      recordName: `${domainName}.`,
      target: RecordTarget.fromAlias(new ApiGateway(restApi)),
    });
  return { url: `https://${domainName}/`, restApi };
}
