import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../configuration.ts';
import { type Route, routes } from '../routes.ts';
import { Alarms } from './alarms.ts';
import { AuthorizedApi } from './authorized-api.ts';
import { createDashboard } from './dashboard.ts';
import type { Door } from './door.ts';
import { EventDoor } from './event-door.ts';
import { ForcedLogoutsDoor } from './forced-logouts-door.ts';
import { InstanceSecrets } from './instance-secrets.ts';
import { InstancesDoor } from './instances-door.ts';
import { createEvidenceLog } from './log-groups.ts';
import { LogoutDoor } from './logout-door.ts';
import { OffboardingRules } from './offboarding-rules.ts';
import { RunDoor } from './run-door.ts';
import { Schedules } from './schedules.ts';
import { StackBus } from './stack-bus.ts';

/** Everything that logs instances out on AWS. */
export class GreenApiLogoutStack extends Stack {
  constructor(scope: Construct, id: string, configuration: Configuration) {
    super(scope, id, { stackName: configuration.stackName, description: 'Logs messenger instances out of GREEN-API.' });
    const evidence = createEvidenceLog(this, 'evidence', configuration.evidenceRetentionDays);
    const secrets = new InstanceSecrets(this, 'secrets', configuration);
    const alarms = new Alarms(this, 'alarms', configuration.alarmTopicArn);
    const bus = new StackBus(this, 'events', configuration.offboarding.plain.putEventsFrom);
    const run = new RunDoor(this, 'run', { configuration, evidence, secrets, bus, alarms });

    const doors: Readonly<Record<Route['door'], Door>> = {
      logout: new LogoutDoor(this, 'logout', { configuration, evidence, secrets, bus, alarms }),
      instances: new InstancesDoor(this, 'instances', { configuration, secrets, alarms }),
      'forced-logouts': new ForcedLogoutsDoor(this, 'forced-logouts', { configuration, run, alarms }),
    };
    const api = new AuthorizedApi(this, 'http', { configuration, alarms });
    for (const route of routes) api.addRoute(route, doors[route.door]);

    const schedule = new EventDoor(this, 'schedule', {
      configuration,
      run,
      alarms,
      impact: 'A scheduled logout did not start: those it aims at may still be logged in.',
    });
    new Schedules(this, 'schedules', { schedules: configuration.schedules, door: schedule });

    const offboarding = new EventDoor(this, 'offboarding', {
      configuration,
      run,
      alarms,
      impact: 'Somebody who left may still be logged in.',
    });
    new OffboardingRules(this, 'rules', { offboarding: configuration.offboarding, bus, door: offboarding });

    const dashboard = createDashboard(this, 'dashboard', { api, run });
    this.#say('Endpoint', api.endpoint, 'The HTTP API.');
    this.#say('EventBus', bus.eventBusName, 'The bus for offboarding events; outcome events go out on it.');
    this.#say(
      'RunFunction',
      run.function.functionName,
      'The function that carries runs out; npm run redrive needs it.',
    );
    this.#say(
      'RunDeadLetters',
      run.deadLetters.queueUrl,
      'The requests of runs that failed, stopped or took too long.',
    );
    this.#say('Dashboard', dashboard.dashboardName, 'Logouts and runs at a glance, in CloudWatch.');
    this.#say(
      'EvidenceLogGroup',
      evidence.logGroupName,
      'Who was logged out, when and why; kept when the stack is removed.',
    );
  }

  #say(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}
