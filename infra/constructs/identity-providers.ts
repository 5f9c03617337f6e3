import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type ProviderRoute, providerRoutes } from '../../functions/http/routes.ts';
import { providerMetricDimensions as dimensions } from '../../functions/identity-providers/provider-metrics.ts';
import { writeVariables } from '../../functions/platform/environment.ts';
import { listingSettings, providerSettings } from '../../functions/platform/settings.ts';
import { routesOfProviders } from '../configuration/identity-providers.ts';
import { stillLoggedIn } from './alarms.ts';
import type { AuthorizedApi, RouteThrottling } from './authorized-api.ts';
import type { Deployment } from './deployment.ts';
import { createLog } from './log-groups.ts';
import { pascalCase } from './pascal-case.ts';
import type { RunFunction } from './run-function.ts';
import { ServiceFunction } from './service-function.ts';

type FunctionName = ProviderRoute['function'];
type Providers = Deployment['values']['identityProviders'];

/**
 * How many copies of a function may run at once, and share the limits of identity providers (`mostLeavers`). A copy answers a
 * report in about a tenth of a second, so ten of them answer what the routes let through.
 */
export const reservedConcurrency = { webhook: 10, scim: 10 } as const satisfies Record<FunctionName, number>;

/** Per route. An initial cycle of Entra ID makes 25 requests a second. A mass change may come all at once, and an event hook of Okta repeats no 429. */
const throttling = {
  webhook: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 200 },
  scim: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 200 },
} as const satisfies Record<FunctionName, RouteThrottling>;

/** The providers whose routes a function answers. */
const providersOf = (providers: Providers, functionName: FunctionName): Providers => {
  const kinds = new Set<string>(
    providerRoutes.flatMap((route) => (route.function === functionName ? [route.kind] : [])),
  );
  return Object.fromEntries(Object.entries(providers).filter(([, { kind }]) => kinds.has(kind)));
};

/** Starts runs for the leavers that identity providers report; reads the tags of secrets, and no value. */
const createProviderFunction = (
  scope: Construct,
  deployment: Deployment,
  run: RunFunction,
  name: FunctionName,
): ServiceFunction | undefined => {
  const { values, secrets } = deployment;
  const identityProviders = providersOf(values.identityProviders, name);
  if (Object.keys(identityProviders).length === 0) return undefined;

  const copies = reservedConcurrency[name];
  const service = new ServiceFunction(scope, name, {
    deployment,
    environment: {
      ...writeVariables(listingSettings, values),
      ...run.startingEnvironment,
      ...writeVariables(providerSettings, { ...values, identityProviders, copies }),
    },
    logGroup: createLog(scope, `${pascalCase(name)}Log`, deployment),
    reservedConcurrentExecutions: copies,
  });
  run.durable.grantStart(service);
  run.durable.grantList(service);
  secrets.grantList(service);
  return service;
};

const addAlarms = ({ settings: { identityProviders }, alarms, metrics }: Deployment): void => {
  alarms.add('departures-held-back', {
    metric: metrics.of('heldBack'),
    impact: `An identity provider reported more leavers than its maxPerHour: a stolen token, a mistake, or many people left. ${stillLoggedIn}`,
  });
  alarms.add('departures-unreadable', {
    metric: metrics.of('unreadable'),
    impact: `An identity provider sent a report that cannot be read. ${stillLoggedIn}`,
  });
  for (const [provider, { quietAfterHours }] of Object.entries(identityProviders))
    if (quietAfterHours !== undefined)
      alarms.add(`caller-quiet-${provider}`, {
        metric: metrics.of('requests', { [dimensions.provider]: provider }, { period: Duration.hours(1) }),
        impact: `The identity provider ${provider} has not called for ${quietAfterHours} hours: people who leave are not logged out.`,
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
): Readonly<Record<FunctionName, ServiceFunction | undefined>> => {
  const routes = routesOfProviders(deployment.settings.identityProviders);
  const functions = {
    webhook: createProviderFunction(scope, deployment, run, 'webhook'),
    scim: createProviderFunction(scope, deployment, run, 'scim'),
  };
  if (routes.length === 0) return functions;
  api.addProviderRoutes(routes, functions, throttling);
  addAlarms(deployment);
  return functions;
};
