import { Aws, Duration } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { writeVariables } from '../../functions/platform/environment.ts';
import { callingSettings } from '../../functions/platform/settings.ts';
import type { Deployment } from './deployment.ts';
import { createLog } from './log-groups.ts';
import { sumOfMetrics } from './logout-metrics.ts';
import { ServiceFunction } from './service-function.ts';

/**
 * The function by which Secrets Manager rotates the token of an instance. Only Secrets Manager in this account may invoke it;
 * the principal that starts a rotation needs the right to invoke it too
 * (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html).
 */
export const createRotateToken = (scope: Construct, deployment: Deployment): ServiceFunction => {
  const { values, secrets, alarms, metrics } = deployment;
  const rotateToken = new ServiceFunction(scope, 'rotate-token', {
    deployment,
    environment: writeVariables(callingSettings, values),
    logGroup: createLog(scope, 'RotateTokenLog', deployment),
    // A step may read twice, 5 s apart, and store with retries. It has no caller that waits.
    timeout: Duration.minutes(2),
  });
  secrets.grantRead(rotateToken);
  secrets.grantRotate(rotateToken);
  rotateToken.function.addPermission('SecretsManager', {
    principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
    sourceAccount: Aws.ACCOUNT_ID,
  });
  alarms.add('token-not-rotated', {
    metric: sumOfMetrics('tokens that still work', {
      'not-rotated': metrics.of('tokenNotRotated'),
      'old-token-still-works': metrics.of('oldTokenStillWorks'),
    }),
    impact:
      'A token was not changed at GREEN-API, or the old one still works half a minute after the change. A copy of it still gives access to the instance. Logouts go on.',
  });
  alarms.add('token-lost', {
    metric: metrics.of('tokenLost'),
    impact:
      'Only GREEN-API knows the new token of an instance. Until it is in the secret, nobody can log the instance out: somebody may still be logged in.',
  });
  return rotateToken;
};
