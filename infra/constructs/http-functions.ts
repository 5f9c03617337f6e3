import type { LogGroup } from 'aws-cdk-lib/aws-logs';
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
import type { FunctionEnvironment } from './function-environment.ts';
import { createLog } from './log-groups.ts';
import type { RunFunction } from './run-function.ts';
import { ServiceFunction } from './service-function.ts';
import type { WatchFunction } from './watch-function.ts';

/** The functions that answer the routes of the HTTP API. */
export const createHttpFunctions = (
  scope: Construct,
  deployment: Deployment,
  run: RunFunction,
  watch: WatchFunction,
): Readonly<Record<Route['function'], ServiceFunction>> => {
  const { settings, values, evidence, secrets, bus, alarms, metrics } = deployment;
  const create = (name: Route['function'], environment: FunctionEnvironment, logGroup: LogGroup) =>
    new ServiceFunction(scope, name, { deployment, environment, logGroup });

  // Logs one instance out and answers in the same call.
  const ofLogout = { ...callingSettings, ...warmingSettings, ...accessSettings };
  const logout = create('logout', writeVariables(ofLogout, values), evidence);
  secrets.grantRead(logout);
  if (settings.warmInstances.length > 1) secrets.grantReadInBatches(logout);
  if (settings.tokenRotation.enabled) secrets.grantRotate(logout);
  bus.grantPutOutcomes(logout);
  alarms.addForLogouts(metrics, 'logout');

  // Lists instances, their owners and which are protected; may read no credential.
  const ofInstances = writeVariables({ ...listingSettings, ...accessSettings }, values);
  const instances = create('instances', ofInstances, createLog(scope, 'InstancesLog', deployment));
  secrets.grantList(instances);

  // Reads the state of one instance from GREEN-API; changes nothing.
  const ofState = writeVariables({ ...readingSettings, ...accessSettings }, values);
  const state = create('state', ofState, createLog(scope, 'StateLog', deployment));
  secrets.grantRead(state);

  // Starts, shows and stops runs, and shows and stops watches; reads no secret. Stopping a run leaves the evidence of the logouts
  // that it had sent, and the record of its end.
  const ofRuns = writeVariables({ ...publishingSettings, ...accessSettings }, values);
  const started = { ...run.startingEnvironment, ...watch.environment };
  const forcedLogouts = create('forced-logouts', { ...started, ...ofRuns }, evidence);
  run.durable.grantStart(forcedLogouts);
  run.durable.grantFollow(forcedLogouts);
  watch.durable.grantFollow(forcedLogouts);
  bus.grantPutOutcomes(forcedLogouts);

  return { logout, instances, state, 'forced-logouts': forcedLogouts };
};

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
