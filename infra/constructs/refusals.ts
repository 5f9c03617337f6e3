import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { refusalMetric, refusalMetricDimensions } from '../../functions/identity-providers/provider-metrics.ts';
import { metricNamespace } from '../../functions/platform/metrics.ts';
import { type countedStatuses, deskRefusalMetric } from './access-log.ts';
import { stillLoggedIn } from './alarms.ts';
import type { Deployment } from './deployment.ts';
import type { ServiceFunction } from './service-function.ts';

type Part = {
  readonly expression: string;
  readonly metrics: Readonly<Record<string, IMetric>>;
  readonly what: string;
};

const refusals = (stack: string, metricName: string, status: number): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { [refusalMetricDimensions.stack]: stack, [refusalMetricDimensions.status]: String(status) },
    statistic: 'Sum',
  });

const ofProviders = (stack: string): Part => {
  const refused = (status: 401 | (typeof countedStatuses)[number]) => refusals(stack, refusalMetric, status);
  return {
    // A wrong token is one request of a stranger, or the next one of a provider whose token was replaced: three are an alarm.
    expression: 'too_many + too_large + wrong_token / 3',
    metrics: { too_many: refused(429), too_large: refused(413), wrong_token: refused(401) },
    what: 'Requests of an identity provider were refused: too many at once, too large, or with a wrong token.',
  };
};

/** Refusals of the desk within a quarter of an hour that are no longer people who pressed something twice. */
const deskBurst = 20;

const ofDesk = (stack: string, desk: ServiceFunction): Part => {
  const refused = (status: number) => refusals(stack, deskRefusalMetric, status);
  return {
    expression: `(no_token + no_role + too_fast) / ${deskBurst} + desk_errors + desk_throttles`,
    metrics: {
      no_token: refused(401),
      no_role: refused(403),
      too_fast: refused(429),
      desk_errors: desk.function.metricErrors(),
      desk_throttles: desk.function.metricThrottles(),
    },
    what: 'Many requests to the desk were refused, or its page could not be served.',
  };
};

/** One alarm for requests that were refused before anybody could act on them. Nothing without identity providers and desk. */
export const addRefusalAlarm = (
  { settings: { name, identityProviders }, alarms }: Deployment,
  desk: ServiceFunction | undefined,
): void => {
  const parts = [
    ...(Object.keys(identityProviders).length > 0 ? [ofProviders(name)] : []),
    ...(desk ? [ofDesk(name, desk)] : []),
  ];
  if (parts.length === 0) return;
  alarms.add('reports-refused', {
    metric: new MathExpression({
      expression: parts.map(({ expression }) => expression).join(' + '),
      usingMetrics: Object.assign({}, ...parts.map(({ metrics }) => metrics)),
      period: Duration.minutes(15),
      label: refusalMetric,
    }),
    impact: `${parts.map(({ what }) => what).join(' ')} ${stillLoggedIn}`,
  });
};
