import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

// CloudWatch Logs encrypts every log group (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html).

/** The log of the functions that log instances out: who was logged out, when and why. It outlives the stack. */
export const createEvidenceLog = (scope: Construct, id: string, retention: RetentionDays): LogGroup =>
  new LogGroup(scope, id, { retention, removalPolicy: RemovalPolicy.RETAIN });

/** A log that is of use while the stack is there, and goes with it. */
export const createLog = (scope: Construct, id: string, retention: RetentionDays, logGroupName?: string): LogGroup =>
  new LogGroup(scope, id, {
    retention,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(logGroupName !== undefined && { logGroupName }),
  });
