import type { Construct } from 'constructs';
import type { AuthorizedApi, RouteThrottling } from './authorized-api.ts';
import type { Deployment } from './deployment.ts';
import { accessEnvironment, deskEnvironment } from './function-environment.ts';
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
  const { platform, settings } = deployment;
  const { desk, memoryMb } = settings;
  if (desk === undefined) return undefined;
  const service = new ServiceFunction(scope, 'desk', {
    platform,
    environment: { ...deskEnvironment(settings), ...accessEnvironment(settings) },
    logGroup: createLog(scope, 'DeskLog', deployment),
    memoryMb,
  });
  api.addDeskRoutes(desk, service, throttling);
  return service;
};
