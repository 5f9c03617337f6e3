import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../configuration.ts';
import { type Route, routes } from '../routes.ts';
import { Alarms } from './alarms.ts';
import { AuthorizedApi } from './authorized-api.ts';
import type { Door } from './door.ts';
import { InstanceSecrets } from './instance-secrets.ts';
import { InstancesDoor } from './instances-door.ts';
import { createEvidenceLog } from './log-groups.ts';
import { LogoutDoor } from './logout-door.ts';

/** Everything that logs instances out on AWS. */
export class GreenApiLogoutStack extends Stack {
  constructor(scope: Construct, id: string, configuration: Configuration) {
    super(scope, id, { stackName: configuration.stackName, description: 'Logs messenger instances out of GREEN-API.' });
    const evidence = createEvidenceLog(this, 'evidence', configuration.evidenceRetentionDays);
    const secrets = new InstanceSecrets(this, 'secrets', configuration);
    const alarms = new Alarms(this, 'alarms', configuration.alarmTopicArn);

    const doors: Readonly<Record<Route['door'], Door>> = {
      logout: new LogoutDoor(this, 'logout', { configuration, evidence, secrets, alarms }),
      instances: new InstancesDoor(this, 'instances', { configuration, secrets, alarms }),
    };
    const api = new AuthorizedApi(this, 'http', { configuration, alarms });
    for (const route of routes) api.addRoute(route, doors[route.door]);

    new CfnOutput(this, 'Endpoint', { value: api.endpoint, description: 'The HTTP API.' });
    new CfnOutput(this, 'EvidenceLogGroup', {
      value: evidence.logGroupName,
      description: 'Who was logged out, when and why; kept when the stack is removed.',
    });
  }
}
