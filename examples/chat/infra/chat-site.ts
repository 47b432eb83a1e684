/**
 * The built pages in S3, and CloudFront before them and before the server's Function URL. CloudFront adds the key to what it asks the
 * server, so no browser has it. Like serve.mjs it passes threads on alone, and no search.
 */
import { Duration, RemovalPolicy, SecretValue } from "aws-cdk-lib";
import * as cloudfront from "aws-cdk-lib/aws-cloudfront";
import { FunctionUrlOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import type { IFunctionUrl } from "aws-cdk-lib/aws-lambda";
import { BlockPublicAccess, Bucket, type IBucket } from "aws-cdk-lib/aws-s3";
import { BucketDeployment, Source } from "aws-cdk-lib/aws-s3-deployment";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";

export interface ChatSiteProps {
  /** Folder of the built pages. */
  readonly pages: string;
  /** Of the server. */
  readonly functionUrl: IFunctionUrl;
  /** What clients of the server send as `x-api-key`. */
  readonly key: Pick<ISecret, "secretArn">;
  /** The version of the key to send; default: the newest at the time of the deployment. Another one makes CloudFront send another key. */
  readonly keyVersion?: string | undefined;
}

/** `?` is one character: a UUID has this form, and `search` has not. */
const THREAD = "/threads/????????-????-????-????-????????????";
/** The server writes each 5 s, so only one that is gone is silent for so long. */
const SILENCE = Duration.seconds(60);

export class ChatSite extends Construct {
  readonly distribution: cloudfront.Distribution;

  constructor(scope: Construct, id: string, { pages, functionUrl, key, keyVersion }: ChatSiteProps) {
    super(scope, id);
    // The class is not assignable to its own interface where optional properties are exact.
    const bucket = new Bucket(this, "Pages", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    }) as IBucket;
    // The template has a reference; CloudFront has the key, and sends it in place of what a browser sends under this name.
    const versionId = keyVersion === undefined ? {} : { versionId: keyVersion };
    const secret = SecretValue.secretsManager(key.secretArn, versionId);
    const server: cloudfront.BehaviorOptions = {
      origin: new FunctionUrlOrigin(functionUrl, {
        readTimeout: SILENCE,
        customHeaders: { "x-api-key": secret.unsafeUnwrap() },
      }),
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
      // Compression would hold events back until there is enough of them.
      compress: false,
    };
    this.distribution = new cloudfront.Distribution(this, "Front", {
      defaultRootObject: "index.html",
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
      },
      additionalBehaviors: { "/threads": server, [THREAD]: server, [`${THREAD}/*`]: server },
    });
    new BucketDeployment(this, "Upload", {
      destinationBucket: bucket,
      sources: [Source.asset(pages)],
      distribution: this.distribution,
    });
  }
}
