import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type Route, routes } from '../../functions/http/routes.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { Alarms } from './alarms.ts';
import { AuthorizedApi } from './authorized-api.ts';
import { createDashboard } from './dashboard.ts';
import { ForcedLogoutsFunction } from './forced-logouts-function.ts';
import { InstanceSecrets } from './instance-secrets.ts';
import { InstancesFunction } from './instances-function.ts';
import { createEvidenceLog } from './log-groups.ts';
import { LogoutFunction } from './logout-function.ts';
import { OffboardingFunction } from './offboarding-function.ts';
import { createOutputs } from './outputs.ts';
import { RunFunction } from './run-function.ts';
import { ScheduleFunction } from './schedule-function.ts';
import type { ServiceFunction } from './service-function.ts';
import { StackBus } from './stack-bus.ts';

/** Everything that logs instances out on AWS. */
export class GreenApiLogoutStack extends Stack {
  constructor(scope: Construct, id: string, configuration: Configuration) {
    super(scope, id, { stackName: configuration.stackName, description: 'Logs messenger instances out of GREEN-API.' });
    const evidence = createEvidenceLog(this, 'evidence', configuration.evidenceRetentionDays);
    const secrets = new InstanceSecrets(this, 'secrets', configuration);
    const alarms = new Alarms(this, 'alarms', configuration.alarmTopicArn);
    const bus = new StackBus(this, 'events', configuration.offboarding.custom.putEventsFrom);
    const run = new RunFunction(this, 'run', { configuration, evidence, secrets, bus, alarms });

    const functions: Readonly<Record<Route['function'], ServiceFunction>> = {
      logout: new LogoutFunction(this, 'logout', { configuration, evidence, secrets, bus, alarms }),
      instances: new InstancesFunction(this, 'instances', { configuration, secrets, alarms }),
      'forced-logouts': new ForcedLogoutsFunction(this, 'forced-logouts', { configuration, run, alarms }),
    };
    const api = new AuthorizedApi(this, 'http', { configuration, alarms });
    for (const route of routes) api.addRoute(route, functions[route.function]);

    new ScheduleFunction(this, 'schedule', { configuration, run, alarms });
    new OffboardingFunction(this, 'offboarding', { configuration, run, alarms, bus });

    const dashboard = createDashboard(this, 'dashboard', { api, run });
    createOutputs(this, { api, bus, run, dashboard, evidence });
  }
}
