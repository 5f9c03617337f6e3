import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { callerMetricDimensions, callerMetricNames } from '../../functions/callers/caller-metrics.ts';
import { type CallerRoute, callerRoutes } from '../../functions/http/routes.ts';
import { metricNamespace } from '../../functions/logout/evidence.ts';
import { stillLoggedIn } from './alarms.ts';
import type { AuthorizedApi, CallerThrottling } from './authorized-api.ts';
import type { Deployment } from './deployment.ts';
import { callersEnvironment, listingEnvironment } from './function-environment.ts';
import { createLog } from './log-groups.ts';
import { pascalCase } from './pascal-case.ts';
import type { RunFunction } from './run-function.ts';
import { ServiceFunction } from './service-function.ts';

type FunctionName = CallerRoute['function'];
type Callers = Deployment['settings']['identityProviders'];

/**
 * How many copies of a function may run at once. It bounds how many people a stolen token can log out beyond `maxPerHour`:
 * at most 36 for each further copy (`mostDeparturesPerHour`). One copy answers 25 reads a second with ease.
 */
export const reservedConcurrency = { webhook: 2, scim: 3 } as const satisfies Record<FunctionName, number>;

/** Per route. An initial cycle of Entra ID makes 25 requests a second. */
const throttling = {
  webhook: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 20 },
  scim: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
} as const satisfies Record<FunctionName, CallerThrottling>;

/** The callers whose routes a function answers. */
const callersOf = (callers: Callers, functionName: FunctionName): Callers => {
  const kinds = new Set<string>(callerRoutes.flatMap((route) => (route.function === functionName ? [route.kind] : [])));
  return Object.fromEntries(Object.entries(callers).filter(([, { kind }]) => kinds.has(kind)));
};

/** Starts runs for the departures that named callers report; reads the tags of secrets, and no value. */
const createCallerFunction = (
  scope: Construct,
  { settings, secrets, alarms }: Deployment,
  run: RunFunction,
  name: FunctionName,
): ServiceFunction | undefined => {
  const callers = callersOf(settings.identityProviders, name);
  if (Object.keys(callers).length === 0) return undefined;

  const service = new ServiceFunction(scope, name, {
    environment: { ...listingEnvironment(settings), ...run.startingEnvironment, ...callersEnvironment(callers) },
    logGroup: createLog(scope, `${pascalCase(name)}Log`, settings.logRetentionDays),
    memoryMb: settings.memoryMb,
    reservedConcurrentExecutions: reservedConcurrency[name],
  });
  run.durable.grantStart(service);
  run.durable.grantList(service);
  secrets.grantList(service);
  alarms.addForFunction(service, `An identity provider could not report who left. ${stillLoggedIn}`);
  return service;
};

const callerMetric = (stack: string, what: keyof typeof callerMetricNames, caller?: string): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName: callerMetricNames[what],
    dimensionsMap: {
      [callerMetricDimensions.stack]: stack,
      ...(caller !== undefined && { [callerMetricDimensions.caller]: caller }),
    },
    statistic: 'Sum',
  });

const addAlarms = ({ settings: { name, identityProviders }, alarms }: Deployment): void => {
  alarms.add('departures-held-back', {
    metric: callerMetric(name, 'heldBack'),
    impact: `An identity provider reported more leavers than its maxPerHour: a stolen token, a mistake, or many people left. ${stillLoggedIn}`,
  });
  alarms.add('departures-unreadable', {
    metric: callerMetric(name, 'unreadable'),
    impact: `An identity provider sent a report that cannot be read. ${stillLoggedIn}`,
  });
  for (const [caller, { quietAfterHours }] of Object.entries(identityProviders))
    if (quietAfterHours !== undefined)
      alarms.add(`caller-quiet-${caller}`, {
        metric: callerMetric(name, 'requests', caller).with({ period: Duration.hours(1) }),
        impact: `The identity provider ${caller} has not called for ${quietAfterHours} hours: people who leave are not logged out.`,
        section: 'caller-quiet',
        quietPeriods: quietAfterHours,
      });
};

/** The functions, routes and alarms of the configured identity providers; nothing if there is none. */
export const createIdentityProviders = (
  scope: Construct,
  deployment: Deployment,
  run: RunFunction,
  api: AuthorizedApi,
): void => {
  const { identityProviders } = deployment.settings;
  const kinds = new Set(Object.values(identityProviders).map(({ kind }) => kind));
  if (kinds.size === 0) return;

  const webhook = createCallerFunction(scope, deployment, run, 'webhook');
  const scim = createCallerFunction(scope, deployment, run, 'scim');
  api.addCallerRoutes(
    callerRoutes.filter(({ kind }) => kinds.has(kind)),
    { ...(webhook && { webhook }), ...(scim && { scim }) },
    throttling,
  );
  addAlarms(deployment);
};
