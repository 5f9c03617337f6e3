import { createHash } from 'node:crypto';
import { type AwsAnswers, AwsError } from './aws-double.ts';

export type QueuedMessage = {
  readonly id: string;
  readonly body: string;
  readonly sentAt: Date;
  /** @default an error message */
  readonly attributes?: Readonly<Record<string, string>>;
};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** An SQS queue: what was received is hidden until it is deleted or given back. */
export const createQueue = (messages: readonly QueuedMessage[]) => {
  const visible = new Map(messages.map((message) => [message.id, message]));
  const hidden = new Map<string, QueuedMessage>();
  const granted = new Map<string, number>();
  const checkGrant = (operation: string): void => {
    const left = granted.get(operation) ?? Number.POSITIVE_INFINITY;
    if (left <= 0) throw new AwsError('AccessDenied', 403);
    granted.set(operation, left - 1);
  };
  const answers: AwsAnswers = {
    ReceiveMessage: () => {
      checkGrant('ReceiveMessage');
      const received = [...visible.values()];
      visible.clear();
      for (const message of received) hidden.set(message.id, message);
      return {
        Messages: received.map(({ id, body, sentAt, attributes = { ErrorMessage: 'it failed' } }) => ({
          MessageId: id,
          ReceiptHandle: id,
          Body: body,
          MD5OfBody: md5(body),
          Attributes: { SentTimestamp: String(sentAt.getTime()) },
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, text]) => [name, { DataType: 'String', StringValue: text }]),
          ),
        })),
      };
    },
    DeleteMessage: ({ ReceiptHandle }) => {
      checkGrant('DeleteMessage');
      hidden.delete(String(ReceiptHandle));
      return {};
    },
    ChangeMessageVisibility: ({ ReceiptHandle }) => {
      const id = String(ReceiptHandle);
      const message = hidden.get(id);
      if (message) visible.set(id, message);
      hidden.delete(id);
      return {};
    },
  };
  return {
    answers,
    ids: () => [...visible.keys()],
    hiddenIds: () => [...hidden.keys()],
    /** Lets so many calls of an operation succeed; the next ones are denied. */
    grant: (operation: 'ReceiveMessage' | 'DeleteMessage', calls: number) => void granted.set(operation, calls),
    put: (message: QueuedMessage) => void visible.set(message.id, message),
    /** Makes every message visible again, also those that were deleted. */
    putBack: () => {
      for (const message of messages) visible.set(message.id, message);
    },
  };
};
