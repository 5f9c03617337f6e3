import { createHash } from 'node:crypto';
import type { AwsAnswers } from './aws-double.ts';

export type QueuedMessage = { readonly id: string; readonly body: string; readonly sentAt: Date };

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** An SQS queue: what was received is hidden until it is deleted or given back. */
export const createQueue = (messages: readonly QueuedMessage[]) => {
  const visible = new Map(messages.map((message) => [message.id, message]));
  const hidden = new Map<string, QueuedMessage>();
  const answers: AwsAnswers = {
    ReceiveMessage: () => {
      const received = [...visible.values()];
      visible.clear();
      for (const message of received) hidden.set(message.id, message);
      const ErrorMessage = { DataType: 'String', StringValue: 'it failed' };
      return {
        Messages: received.map(({ id, body, sentAt }) => ({
          MessageId: id,
          ReceiptHandle: id,
          Body: body,
          MD5OfBody: md5(body),
          Attributes: { SentTimestamp: String(sentAt.getTime()) },
          MessageAttributes: { ErrorMessage },
        })),
      };
    },
    DeleteMessage: ({ ReceiptHandle }) => {
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
    put: (message: QueuedMessage) => void visible.set(message.id, message),
    /** Makes every message visible again, also those that were deleted. */
    putBack: () => {
      for (const message of messages) visible.set(message.id, message);
    },
  };
};
