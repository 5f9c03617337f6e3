import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { deskPath, type ProviderRoute, routeKeyOf } from '../../functions/http/routes.ts';
import { refusalMetric, refusalMetricDimensions } from '../../functions/identity-providers/provider-metrics.ts';
import { metricNamespace } from '../../functions/platform/metrics.ts';
import type { Deployment } from './deployment.ts';
import { createLog } from './log-groups.ts';

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

export type AccessLog = { readonly logGroup: LogGroup; readonly settings: IAccessLogSettings };

/**
 * Who called which route, when, and with which result: a line of JSON per call, refused calls too. Under
 * `/aws/vendedlogs/` all log groups share one line of the account's resource policy, which takes few
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
 */
export const createAccessLog = (scope: Construct, id: string, deployment: Deployment): AccessLog => {
  const { name } = deployment.settings;
  const logGroup = createLog(scope, id, deployment, `/aws/vendedlogs/${name}/access`);
  return {
    logGroup,
    settings: {
      destination: new LogGroupLogDestination(logGroup),
      format: AccessLogFormat.custom(JSON.stringify(fieldsOf(name))),
    },
  };
};

/**
 * Too many requests, at the gateway or at a function, and too large a request, which reaches no function. The functions count the
 * 401 themselves. 400, 404 and 409 are part of SCIM.
 */
export const countedStatuses = [429, 413] as const;

/** What the keys of routes begin with, with the wildcard of a filter: a pattern has 1,024 characters at most. */
const routePatternsOf = (routes: readonly ProviderRoute[]): readonly string[] => [
  ...new Set(routes.map((route) => routeKeyOf(route).replace(/(?<=\/scim\/v2\/).*$/, '*'))),
];

/**
 * Counts the requests of identity providers that were refused before anybody could act on them, by status, and by status and
 * route. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export const countRefusals = (scope: Construct, logGroup: LogGroup, routes: readonly ProviderRoute[]): void => {
  const { stack, status, route } = refusalMetricDimensions;
  const filterPattern = FilterPattern.all(
    FilterPattern.any(...countedStatuses.map((code) => FilterPattern.stringValue('$.status', '=', String(code)))),
    FilterPattern.any(...routePatternsOf(routes).map((key) => FilterPattern.stringValue('$.routeKey', '=', key))),
  );
  const add = (id: string, dimensions: Record<string, string>) =>
    new MetricFilter(scope, id, {
      logGroup,
      filterPattern,
      metricNamespace,
      metricName: refusalMetric,
      metricValue: '1',
      dimensions,
    });
  add('Refusals', { [stack]: '$.stack', [status]: '$.status' });
  add('RefusalsByRoute', { [stack]: '$.stack', [status]: '$.status', [route]: '$.routeKey' });
};

/** Requests to the desk that were refused. Its page asks for another token before one expires, so that people cause few. */
export const deskRefusalMetric = 'deskRefused';

/** Counts them by status: the gateway's own 401 and 429, and the 403 of somebody whose role is missing. */
export const countDeskRefusals = (scope: Construct, logGroup: LogGroup): void => {
  const { stack, status } = refusalMetricDimensions;
  new MetricFilter(scope, 'DeskRefusals', {
    logGroup,
    filterPattern: FilterPattern.all(
      FilterPattern.any(...[401, 403, 429].map((code) => FilterPattern.stringValue('$.status', '=', String(code)))),
      FilterPattern.any(
        ...['GET', 'POST', 'DELETE'].map((method) =>
          FilterPattern.stringValue('$.routeKey', '=', `${method} ${deskPath}*`),
        ),
      ),
    ),
    metricNamespace,
    metricName: deskRefusalMetric,
    metricValue: '1',
    dimensions: { [stack]: '$.stack', [status]: '$.status' },
  });
};
