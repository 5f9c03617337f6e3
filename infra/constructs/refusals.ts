import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { refusalMetric, refusalMetricDimensions } from '../../functions/identity-providers/provider-metrics.ts';
import { stillLoggedIn } from './alarms.ts';
import type { Deployment } from './deployment.ts';
import type { ServiceFunction } from './service-function.ts';

type Part = {
  readonly expression: string;
  readonly metrics: Readonly<Record<string, IMetric>>;
  readonly what: string;
};

type Refused = (status: number) => IMetric;

const ofProviders = (refused: Refused): Part => ({
  // A wrong token is one request of a stranger, or the next one of a provider whose token was replaced: three are an alarm.
  expression: 'too_many + too_large + wrong_token / 3',
  metrics: { too_many: refused(429), too_large: refused(413), wrong_token: refused(401) },
  what: 'Requests of an identity provider were refused: too many at once, too large, or with a wrong token.',
});

/** Refusals of the desk within a quarter of an hour that are no longer people who pressed something twice. */
const deskBurst = 20;

const ofDesk = (refused: Refused, { function: desk }: ServiceFunction): Part => ({
  expression: `(no_token + no_role + too_fast) / ${deskBurst} + desk_errors + desk_throttles`,
  metrics: {
    no_token: refused(401),
    no_role: refused(403),
    too_fast: refused(429),
    desk_errors: desk.metricErrors(),
    desk_throttles: desk.metricThrottles(),
  },
  what: 'Many requests to the desk were refused, or its page could not be served.',
});

/** One alarm for requests that were refused before anybody could act on them. Nothing without identity providers and desk. */
export const addRefusalAlarm = (
  { settings: { identityProviders }, alarms, metrics }: Deployment,
  desk: ServiceFunction | undefined,
): void => {
  const refused =
    (metric: 'refused' | 'deskRefused'): Refused =>
    (status) =>
      metrics.of(metric, { [refusalMetricDimensions.status]: String(status) });
  const parts = [
    ...(Object.keys(identityProviders).length > 0 ? [ofProviders(refused('refused'))] : []),
    ...(desk ? [ofDesk(refused('deskRefused'), desk)] : []),
  ];
  if (parts.length === 0) return;
  alarms.add('reports-refused', {
    metric: new MathExpression({
      expression: parts.map(({ expression }) => expression).join(' + '),
      usingMetrics: Object.assign({}, ...parts.map((part) => part.metrics)),
      period: Duration.minutes(15),
      label: refusalMetric,
    }),
    impact: `${parts.map(({ what }) => what).join(' ')} ${stillLoggedIn}`,
  });
};
