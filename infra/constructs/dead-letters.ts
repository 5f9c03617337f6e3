import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { DataKey } from './data-key.ts';

/** A queue of failures, for a person to read. Messages stay for two weeks, the most SQS can. */
export const createDeadLetters = (scope: Construct, id: string, dataKey: DataKey): Queue => {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  dataKey.encrypt(queue);
  acknowledge(queue, 'AwsSolutions-SQS3', 'It is a dead-letter queue: only people read from it.');
  return queue;
};
