import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { callAws } from '../aws/aws-failure.ts';
import type { AwsSettings } from '../aws/aws-settings.ts';

/** A run's request in the dead-letter queue. */
export type DeadLetterMessage = {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
  readonly sentAt: Date | undefined;
  /** What Lambda says of the failure: `RequestID`, `ErrorCode`, `ErrorMessage`. */
  readonly attributes: Readonly<Record<string, string>>;
};

export type DeadLetterQueue = {
  /** Up to ten messages. They stay hidden from other readers for some minutes. */
  readonly receive: () => Promise<readonly DeadLetterMessage[]>;
  readonly remove: (message: DeadLetterMessage) => Promise<void>;
  /** Gives a message back at once. */
  readonly release: (message: DeadLetterMessage) => Promise<void>;
};

/** Time for a person to decide about the messages that were received, in seconds. */
const visibilityTimeout = 300;

const parseMessage = ({
  MessageId,
  ReceiptHandle,
  Body,
  Attributes,
  MessageAttributes,
}: Message): DeadLetterMessage => {
  const sent = Number(Attributes?.SentTimestamp);
  return {
    id: MessageId ?? '',
    receipt: ReceiptHandle ?? '',
    body: Body ?? '',
    sentAt: sent > 0 ? new Date(sent) : undefined,
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes ?? {}).map(([name, { StringValue }]) => [name, StringValue ?? '']),
    ),
  };
};

export const createDeadLetterQueue = (queueUrl: string, aws: AwsSettings): DeadLetterQueue => {
  const client = new SQSClient(aws);
  const QueueUrl = queueUrl;
  return {
    receive: () =>
      callAws('sqs:ReceiveMessage', async () => {
        const command = new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: visibilityTimeout,
          // Long polling queries all servers of the queue, not only a sample.
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        });
        const { Messages = [] } = await client.send(command);
        return Messages.map(parseMessage);
      }),
    remove: ({ receipt }) =>
      callAws('sqs:DeleteMessage', async () => {
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receipt }));
      }),
    release: ({ receipt }) =>
      callAws('sqs:ChangeMessageVisibility', async () => {
        const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 });
        await client.send(command);
      }),
  };
};
