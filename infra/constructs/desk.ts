import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { refusalMetricDimensions } from '../../functions/identity-providers/provider-metrics.ts';
import { metricNamespace } from '../../functions/platform/metrics.ts';
import { deskRefusalMetric } from './access-log.ts';
import type { AuthorizedApi, RouteThrottling } from './authorized-api.ts';
import type { Deployment } from './deployment.ts';
import { accessEnvironment, deskEnvironment } from './function-environment.ts';
import { createLog } from './log-groups.ts';
import { ServiceFunction } from './service-function.ts';

/** Per route. A page that shows a long list reads fifty states one after the other. */
const throttling: RouteThrottling = { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 50 };

/** Refusals within a quarter of an hour that are no longer people who pressed something twice. */
const burst = 20;

const refusals = (stack: string, status: number): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName: deskRefusalMetric,
    dimensionsMap: { [refusalMetricDimensions.stack]: stack, [refusalMetricDimensions.status]: String(status) },
    statistic: 'Sum',
  });

/** The page of the desk, its routes and its alarm; nothing if no desk is configured. The function has no rights. */
export const createDesk = (
  scope: Construct,
  deployment: Deployment,
  api: AuthorizedApi,
): ServiceFunction | undefined => {
  const { platform, settings, alarms } = deployment;
  const { desk, name, memoryMb } = settings;
  if (desk === undefined) return undefined;
  const service = new ServiceFunction(scope, 'desk', {
    platform,
    environment: { ...deskEnvironment(settings), ...accessEnvironment(settings) },
    logGroup: createLog(scope, 'DeskLog', deployment),
    memoryMb,
  });
  api.addDeskRoutes(desk, service, throttling);
  alarms.add('desk', {
    metric: new MathExpression({
      expression: `(no_token + no_role + too_many) / ${burst} + errors + throttles`,
      usingMetrics: {
        no_token: refusals(name, 401),
        no_role: refusals(name, 403),
        too_many: refusals(name, 429),
        errors: service.function.metricErrors(),
        throttles: service.function.metricThrottles(),
      },
      period: Duration.minutes(15),
      label: 'desk',
    }),
    impact:
      'Many requests to the desk were refused, or its page cannot be served: somebody tries tokens, or the people who take the calls cannot log anybody out.',
  });
  return service;
};
