import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { deskPath, type ProviderRoute, routeKeyOf } from '../../functions/http/routes.ts';
import { refusalMetric, refusalMetricDimensions } from '../../functions/identity-providers/provider-metrics.ts';
import { metricNamespace } from '../../functions/platform/metrics.ts';
import type { Deployment } from './deployment.ts';
import { createLog } from './log-groups.ts';
import { deskRefusalMetric } from './logout-metrics.ts';

// No path: a caller who sends GREEN-API's own path here by mistake has a token in it. The function's log names the instance, in
// the invocation `lambdaRequestId`.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
const fieldsOf = (stack: string) => ({
  // A metric filter takes the dimensions of its metric from the line.
  stack,
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
});

/**
 * Who called which route, when, and with which result: a line of JSON per call, refused calls too. Under
 * `/aws/vendedlogs/` all log groups share one line of the account's resource policy, which takes few
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
 */
export const createAccessLog = (scope: Construct, id: string, deployment: Deployment) => {
  const { name } = deployment.settings;
  const logGroup = createLog(scope, id, deployment, { logGroupName: `/aws/vendedlogs/${name}/access` });
  return {
    logGroup,
    settings: {
      destination: new LogGroupLogDestination(logGroup),
      format: AccessLogFormat.custom(JSON.stringify(fieldsOf(name))),
    },
  };
};

/** What is counted in the access log: refused requests to some routes. */
type Refusals = {
  readonly metricName: string;
  readonly statuses: readonly number[];
  /** With wildcards. A pattern has 1,024 characters at most. */
  readonly routeKeys: readonly string[];
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
const addFilter = (
  scope: Construct,
  id: string,
  logGroup: LogGroup,
  { metricName, statuses, routeKeys }: Refusals,
  fields: readonly (keyof typeof refusalMetricDimensions)[],
): void => {
  const any = (field: string, values: readonly (number | string)[]) =>
    FilterPattern.any(...values.map((value) => FilterPattern.stringValue(field, '=', String(value))));
  const fieldOf = { stack: '$.stack', status: '$.status', route: '$.routeKey' };
  new MetricFilter(scope, id, {
    logGroup,
    filterPattern: FilterPattern.all(any(fieldOf.status, statuses), any(fieldOf.route, routeKeys)),
    metricNamespace,
    metricName,
    metricValue: '1',
    dimensions: Object.fromEntries(fields.map((field) => [refusalMetricDimensions[field], fieldOf[field]])),
  });
};

/**
 * Counts the requests of identity providers that were refused before anybody could act on them, by status, and by status and
 * route: too many requests, at the gateway or at a function, and too large ones, which reach no function. The functions count the
 * 401 themselves. 400, 404 and 409 are part of SCIM.
 */
export const countRefusals = (scope: Construct, logGroup: LogGroup, routes: readonly ProviderRoute[]): void => {
  const routeKeys = [...new Set(routes.map((route) => routeKeyOf(route).replace(/(?<=\/scim\/v2\/).*$/, '*')))];
  const refusals = { metricName: refusalMetric, statuses: [429, 413], routeKeys };
  addFilter(scope, 'Refusals', logGroup, refusals, ['stack', 'status']);
  addFilter(scope, 'RefusalsByRoute', logGroup, refusals, ['stack', 'status', 'route']);
};

/** Counts refused requests to the desk, by status: the gateway's own 401 and 429, and the 403 of somebody whose role is missing. */
export const countDeskRefusals = (scope: Construct, logGroup: LogGroup): void => {
  const routeKeys = ['GET', 'POST', 'DELETE'].map((method) => `${method} ${deskPath}*`);
  const refusals = { metricName: deskRefusalMetric, statuses: [401, 403, 429], routeKeys };
  addFilter(scope, 'DeskRefusals', logGroup, refusals, ['stack', 'status']);
};
