import { RemovalPolicy } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type LogGroupProps } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Settings } from '../configuration/configuration.ts';
import { forever } from '../configuration/field-schemas.ts';
import { acknowledge } from './acknowledge.ts';
import type { DataKey } from './data-key.ts';
import { grant } from './grant.ts';

type LogSettings = { readonly settings: Settings; readonly dataKey: DataKey };

/**
 * A log that is deleted with the stack, unless the props say otherwise. Without a key CloudWatch Logs encrypts with its own
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html).
 */
export const createLog = (
  scope: Construct,
  id: string,
  { settings, dataKey: { key } }: LogSettings,
  props?: LogGroupProps,
): LogGroup =>
  new LogGroup(scope, id, {
    ...(key && { encryptionKey: key }),
    retention: settings.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
    ...props,
  });

/**
 * The log of the functions that log instances out: who was logged out, when and why. It stays when the stack is deleted; only
 * a first deployment that failed takes it along.
 */
export const createEvidenceLog = (scope: Construct, id: string, deployment: LogSettings): LogGroup => {
  const { evidenceRetentionDays: retention } = deployment.settings;
  const log = createLog(scope, id, deployment, { retention, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
  if (retention === forever)
    acknowledge(log, 'NIST.800.53.R5-CloudWatchLogGroupRetentionPeriod', 'Evidence is never deleted, as configured.');
  return log;
};

/** Lets somebody read a log, event by event and by CloudWatch Logs Insights. */
export const grantReadLog = (log: LogGroup, grantee: IGrantable): Grant =>
  log
    .grant(grantee, 'logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:DescribeLogStreams', 'logs:StartQuery')
    // IAM knows no resource for a query. Only the principal that started a query knows its id.
    .combine(grant(grantee, ['logs:GetQueryResults', 'logs:StopQuery'], '*'));
