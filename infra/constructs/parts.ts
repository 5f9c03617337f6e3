import type { Construct } from 'constructs';
import { writeVariables } from '../../functions/platform/environment.ts';
import { offboardingSettings } from '../../functions/platform/settings.ts';
import { AuthorizedApi } from './authorized-api.ts';
import { createDeployment } from './deployment.ts';
import { EventFunction } from './event-function.ts';
import { EvidenceVault } from './evidence-vault.ts';
import { addFunctionAlarms } from './function-alarms.ts';
import type { GreenApiLogoutProps, LogoutFunctions } from './green-api-logout-props.ts';
import { createDesk, createHttpFunctions } from './http-functions.ts';
import { createIdentityProviders } from './identity-providers.ts';
import { Notifications } from './notifications.ts';
import { OffboardingRules } from './offboarding-rules.ts';
import { addRefusalAlarm } from './refusals.ts';
import { RunFunction } from './run-function.ts';
import { Schedules } from './schedules.ts';
import { functionsIn } from './service-function.ts';
import { notificationsOf } from './settings.ts';
import { createRotateToken } from './token-rotation.ts';
import { WatchFunction } from './watch-function.ts';

/** Everything a deployment consists of, connected. @throws ConfigurationError naming every prop that is wrong */
export const createParts = (scope: Construct, props: GreenApiLogoutProps) => {
  const deployment = createDeployment(scope, props);
  const { settings, alarms } = deployment;
  const watch = new WatchFunction(scope, 'Watch', deployment);
  const run = new RunFunction(scope, 'Run', deployment, watch);
  const http = createHttpFunctions(scope, deployment, run, watch);
  const api = new AuthorizedApi(scope, 'Http', deployment, http);
  alarms.add('server-errors', {
    metric: api.httpApi.metricServerError({ statistic: 'Sum' }),
    impact: 'A caller got a 5xx answer: a logout failed or is not confirmed, and somebody may still be logged in.',
  });
  const { webhook, scim } = createIdentityProviders(scope, deployment, run, api);
  const desk = createDesk(scope, deployment, api);
  const schedule = new EventFunction(scope, 'schedule', {
    deployment,
    run,
    impact: 'A scheduled logout did not start. The people in its target may still be logged in.',
  });
  const offboarding = new EventFunction(scope, 'offboarding', {
    deployment,
    run,
    impact: 'Somebody who left may still be logged in.',
    environment: writeVariables(offboardingSettings, deployment.values),
    hasSecondLook: settings.offboarding.identityCenter.enabled,
  });
  // An event that is sent again looks for the run of its first delivery.
  run.durable.grantList(offboarding.service);
  const schedules = new Schedules(scope, 'Schedules', deployment, schedule);
  new OffboardingRules(scope, 'Rules', deployment, offboarding);
  const evidenceVault =
    settings.evidenceVault && new EvidenceVault(scope, 'EvidenceVault', deployment, settings.evidenceVault);
  const notifications =
    settings.notifications.length > 0
      ? new Notifications(scope, 'Notifications', deployment, notificationsOf(props))
      : undefined;
  const rotateToken = settings.tokenRotation.enabled ? createRotateToken(scope, deployment) : undefined;
  addRefusalAlarm(deployment, desk);
  // The alarm for refusals watches it too.
  const alarmed = functionsIn(scope).filter((service) => service !== desk);
  addFunctionAlarms(alarms, alarmed, settings.name);
  const functions: LogoutFunctions = {
    logout: http.logout.function,
    instances: http.instances.function,
    state: http.state.function,
    'forced-logouts': http['forced-logouts'].function,
    run: run.durable.service.function,
    watch: watch.durable.service.function,
    schedule: schedule.service.function,
    offboarding: offboarding.service.function,
    webhook: webhook?.function,
    scim: scim?.function,
    desk: desk?.function,
    'rotate-token': rotateToken?.function,
    'evidence-vault': evidenceVault?.service.function,
  };
  const optional = { evidenceVault, notifications, rotateToken };
  return { ...deployment, ...optional, run, watch, api, schedule, schedules, offboarding, functions };
};
