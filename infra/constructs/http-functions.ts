import type { Construct } from 'constructs';
import type { Route } from '../../functions/http/routes.ts';
import { writeVariables } from '../../functions/platform/environment.ts';
import {
  accessSettings,
  callingSettings,
  deskSettings,
  listingSettings,
  publishingSettings,
  readingSettings,
  warmingSettings,
} from '../../functions/platform/settings.ts';
import type { AuthorizedApi, RouteThrottling } from './authorized-api.ts';
import type { Deployment } from './deployment.ts';
import { createLog } from './log-groups.ts';
import type { RunFunction } from './run-function.ts';
import { ServiceFunction } from './service-function.ts';
import type { WatchFunction } from './watch-function.ts';

/** Logs one instance out and answers in the same call; writes evidence, reads credentials. */
const createLogout = (scope: Construct, deployment: Deployment): ServiceFunction => {
  const { settings, values, evidence, secrets, bus, alarms, metrics } = deployment;
  const logout = new ServiceFunction(scope, 'logout', {
    deployment,
    environment: writeVariables({ ...callingSettings, ...warmingSettings, ...accessSettings }, values),
    logGroup: evidence,
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
  const instances = new ServiceFunction(scope, 'instances', {
    deployment,
    environment: writeVariables({ ...listingSettings, ...accessSettings }, deployment.values),
    logGroup: createLog(scope, 'InstancesLog', deployment),
  });
  deployment.secrets.grantList(instances);
  return instances;
};

/** Reads the state of one instance from GREEN-API; reads credentials, changes nothing. */
const createState = (scope: Construct, deployment: Deployment): ServiceFunction => {
  const state = new ServiceFunction(scope, 'state', {
    deployment,
    environment: writeVariables({ ...readingSettings, ...accessSettings }, deployment.values),
    logGroup: createLog(scope, 'StateLog', deployment),
  });
  deployment.secrets.grantRead(state);
  return state;
};

/** Starts, shows and stops runs for callers of the API, and shows and stops watches; reads no secret. */
const createForcedLogouts = (
  scope: Construct,
  deployment: Deployment,
  run: RunFunction,
  watch: WatchFunction,
): ServiceFunction => {
  const { values, evidence, bus } = deployment;
  const forcedLogouts = new ServiceFunction(scope, 'forced-logouts', {
    deployment,
    environment: {
      ...run.startingEnvironment,
      ...watch.environment,
      ...writeVariables({ ...publishingSettings, ...accessSettings }, values),
    },
    // Stopping a run leaves the evidence of the logouts that it had sent, and the record of its end.
    logGroup: evidence,
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
  run: RunFunction,
  watch: WatchFunction,
): Readonly<Record<Route['function'], ServiceFunction>> => ({
  logout: createLogout(scope, deployment),
  instances: createInstances(scope, deployment),
  state: createState(scope, deployment),
  'forced-logouts': createForcedLogouts(scope, deployment, run, watch),
});

/** Of each route of the desk. A page that shows a long list reads fifty states one after the other. */
const deskThrottling: RouteThrottling = { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 50 };

/** The page of the desk and its routes; nothing if no desk is configured. The function has no rights. */
export const createDesk = (
  scope: Construct,
  deployment: Deployment,
  api: AuthorizedApi,
): ServiceFunction | undefined => {
  const { desk } = deployment.settings;
  if (desk === undefined) return undefined;
  const service = new ServiceFunction(scope, 'desk', {
    deployment,
    environment: writeVariables({ ...deskSettings, ...accessSettings }, deployment.values),
    logGroup: createLog(scope, 'DeskLog', deployment),
  });
  api.addDeskRoutes(desk, service, deskThrottling);
  return service;
};
