import { Duration } from 'aws-cdk-lib';
import type { IDestination } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { DataKey } from './data-key.ts';

/** An encrypted queue. Messages stay for two weeks, the most SQS can. */
export const createQueue = (scope: Construct, id: string, dataKey: DataKey, props?: QueueProps): Queue => {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    ...props,
  });
  dataKey.encrypt(queue);
  return queue;
};

/**
 * Where a function's failed events go. Unlike a dead-letter queue, a destination gets the reason too. CDK's own for SQS would add
 * rights to read the queue.
 */
export const destinationOf = ({ queueArn: destination }: Queue): IDestination => ({ bind: () => ({ destination }) });

/** A queue of failures, for a person to read. */
export const createDeadLetters = (scope: Construct, id: string, dataKey: DataKey): Queue => {
  const queue = createQueue(scope, id, dataKey);
  acknowledge(queue, 'AwsSolutions-SQS3', 'It is a dead-letter queue: only people read from it.');
  return queue;
};
