import type { Construct } from 'constructs';
import { writeVariables } from '../../functions/platform/environment.ts';
import { accessSettings, deskSettings } from '../../functions/platform/settings.ts';
import type { AuthorizedApi, RouteThrottling } from './authorized-api.ts';
import type { Deployment } from './deployment.ts';
import { createLog } from './log-groups.ts';
import { ServiceFunction } from './service-function.ts';

/** Per route. A page that shows a long list reads fifty states one after the other. */
const throttling: RouteThrottling = { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 50 };

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
  api.addDeskRoutes(desk, service, throttling);
  return service;
};
