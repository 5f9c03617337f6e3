import type { Construct } from 'constructs';
import type { Route } from '../../functions/http/routes.ts';
import type { Deployment } from './deployment.ts';
import {
  accessEnvironment,
  callingEnvironment,
  listingEnvironment,
  publishingEnvironment,
  readingEnvironment,
  warmingEnvironment,
} from './function-environment.ts';
import { createLog } from './log-groups.ts';
import type { RunFunction } from './run-function.ts';
import { ServiceFunction } from './service-function.ts';
import type { WatchFunction } from './watch-function.ts';

type Durable = { readonly run: RunFunction; readonly watch: WatchFunction };

/** Logs one instance out and answers in the same call; writes evidence, reads credentials. */
const createLogout = (scope: Construct, deployment: Deployment): ServiceFunction => {
  const { platform, settings, evidence, secrets, bus, alarms, metrics } = deployment;
  const logout = new ServiceFunction(scope, 'logout', {
    platform,
    environment: {
      ...callingEnvironment(settings, bus.eventBus.eventBusName),
      ...warmingEnvironment(settings),
      ...accessEnvironment(settings),
    },
    logGroup: evidence,
    memoryMb: settings.memoryMb,
  });
  secrets.grantRead(logout);
  if (settings.warmInstances.length > 1) secrets.grantReadInBatches(logout);
  if (settings.tokenRotation.enabled) secrets.grantRotate(logout);
  bus.grantPutOutcomes(logout);
  alarms.addForLogouts(metrics, 'logout');
  return logout;
};

/** Lists instances, their owners and which are protected; may read no credential. */
const createInstances = (scope: Construct, deployment: Deployment): ServiceFunction => {
  const { platform, settings, secrets } = deployment;
  const instances = new ServiceFunction(scope, 'instances', {
    platform,
    environment: { ...listingEnvironment(settings), ...accessEnvironment(settings) },
    logGroup: createLog(scope, 'InstancesLog', deployment),
    memoryMb: settings.memoryMb,
  });
  secrets.grantList(instances);
  return instances;
};

/** Reads the state of one instance from GREEN-API; reads credentials, changes nothing. */
const createState = (scope: Construct, deployment: Deployment): ServiceFunction => {
  const { platform, settings, secrets } = deployment;
  const state = new ServiceFunction(scope, 'state', {
    platform,
    environment: { ...readingEnvironment(settings), ...accessEnvironment(settings) },
    logGroup: createLog(scope, 'StateLog', deployment),
    memoryMb: settings.memoryMb,
  });
  secrets.grantRead(state);
  return state;
};

/** Starts, shows and stops runs for callers of the API, and shows and stops watches; reads no secret. */
const createForcedLogouts = (scope: Construct, deployment: Deployment, { run, watch }: Durable): ServiceFunction => {
  const { platform, settings, evidence, bus } = deployment;
  const forcedLogouts = new ServiceFunction(scope, 'forced-logouts', {
    platform,
    environment: {
      ...run.startingEnvironment,
      ...watch.environment,
      ...publishingEnvironment(bus.eventBus.eventBusName),
      ...accessEnvironment(settings),
    },
    // Stopping a run leaves the evidence of the logouts that it had sent, and the record of its end.
    logGroup: evidence,
    memoryMb: settings.memoryMb,
  });
  run.durable.grantStart(forcedLogouts);
  run.durable.grantFollow(forcedLogouts);
  watch.durable.grantFollow(forcedLogouts);
  bus.grantPutOutcomes(forcedLogouts);
  return forcedLogouts;
};

/** The functions that answer the routes of the HTTP API. */
export const createHttpFunctions = (
  scope: Construct,
  deployment: Deployment,
  durable: Durable,
): Readonly<Record<Route['function'], ServiceFunction>> => ({
  logout: createLogout(scope, deployment),
  instances: createInstances(scope, deployment),
  state: createState(scope, deployment),
  'forced-logouts': createForcedLogouts(scope, deployment, durable),
});
