import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import type { Settings } from '../configuration/configuration.ts';
import { createLog } from './log-groups.ts';

// No path: a caller who sends GREEN-API's own path here by mistake has a token in it. The function's log names the instance, in
// the invocation `lambdaRequestId`.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
const fields = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  lambdaRequestId: '$context.integration.requestId',
  routeKey: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  sourceIp: '$context.identity.sourceIp',
  iamCaller: '$context.identity.userArn',
  jwtSubject: '$context.authorizer.claims.sub',
  authorizerError: '$context.authorizer.error',
  integrationError: '$context.integration.error',
};

/**
 * Who called which route, when, and with which result: a line of JSON per call, refused calls too. Under
 * `/aws/vendedlogs/` all log groups share one line of the account's resource policy, which takes few
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
 */
export const createAccessLog = (
  scope: Construct,
  id: string,
  { name, logRetentionDays }: Settings,
): IAccessLogSettings => ({
  destination: new LogGroupLogDestination(createLog(scope, id, logRetentionDays, `/aws/vendedlogs/${name}/access`)),
  format: AccessLogFormat.custom(JSON.stringify(fields)),
});
