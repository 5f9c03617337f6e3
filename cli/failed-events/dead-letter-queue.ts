import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { parseJsonAs } from '../../functions/platform/unknown-values.ts';
import { type AwsSettings, explained } from '../aws/call-aws.ts';
import { printable } from '../output/printable.ts';

/** Time for a person to decide about the messages that were received, in seconds. */
const visibilityTimeout = 300;

const parseMessage = ({ MessageId: id = '', ReceiptHandle: receipt = '', Body: body = '', ...rest }: Message) => {
  const sent = Number(rest.Attributes?.SentTimestamp);
  const pairs = Object.entries(rest.MessageAttributes ?? {}).map(([name, { StringValue = '' }]) => [name, StringValue]);
  /** What Lambda says of the failure: `RequestID`, `ErrorCode`, `ErrorMessage`. */
  const attributes: Readonly<Record<string, string>> = Object.fromEntries(pairs);
  return { id, receipt, body, attributes, sentAt: sent > 0 ? new Date(sent) : undefined };
};

/** A run's request in the dead-letter queue. */
export type DeadLetterMessage = ReturnType<typeof parseMessage>;

export const createDeadLetterQueue = (QueueUrl: string, aws: AwsSettings) => {
  const client = explained(new SQSClient(aws));
  return {
    /** Up to ten messages. They stay hidden from other readers for some minutes. */
    receive: async () => {
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
    },
    remove: ({ receipt: ReceiptHandle }: DeadLetterMessage) =>
      client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    release: ({ receipt: ReceiptHandle }: DeadLetterMessage) =>
      client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 })),
  };
};

export type DeadLetterQueue = ReturnType<typeof createDeadLetterQueue>;

/** What a function was to do: an event, the firing of a schedule, a batch of evidence, or the request of a run. */
export type FailedEvent = Readonly<Record<string, unknown>>;

// Valibot accepts an array as a record.
const object = v.pipe(
  v.custom<object>((value) => !Array.isArray(value)),
  v.record(v.string(), v.unknown()),
);

/** How the services write what they could not deliver: each with the event inside. */
const bodySchema = v.union([
  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
  v.pipe(
    v.object({
      requestPayload: object,
      responsePayload: v.optional(v.object({ errorMessage: v.optional(v.string()) })),
    }),
    v.transform(({ requestPayload, responsePayload }) => ({
      event: requestPayload,
      error: responsePayload?.errorMessage,
    })),
  ),
  // EventBridge Scheduler keeps the call of Lambda, whose payload is a text.
  v.pipe(
    v.object({ FunctionName: v.string(), Payload: v.pipe(v.string(), v.parseJson(), object) }),
    v.transform(({ Payload }) => ({ event: Payload, error: undefined })),
  ),
  // EventBridge, and the queue of the second look, keep the event as it was.
  v.pipe(
    object,
    v.transform((event) => ({ event, error: undefined })),
  ),
]);

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
const scheduledTimePlaceholder = '<aws.scheduler.scheduled-time>';

/** Reads the event in a message, and why it failed. `undefined`: it is no event. */
export const readFailedEvent = ({ body, attributes }: DeadLetterMessage) => {
  const read = parseJsonAs(bodySchema, body);
  if (read === undefined) return undefined;
  const { SCHEDULED_TIME: scheduledTime } = attributes;
  const isOpen = read.event.scheduledTime === scheduledTimePlaceholder && scheduledTime !== undefined;
  const error = read.error ?? attributes.ErrorMessage ?? attributes.ERROR_MESSAGE ?? attributes.ErrorCode;
  return { event: isOpen ? { ...read.event, scheduledTime } : read.event, error };
};

/** The longest part of an event that is shown, in characters. */
const longestShown = 300;

/** An event in one line, for the person who decides about it. */
export const describeEvent = (event: FailedEvent): string => {
  if ('awslogs' in event) return 'a batch of evidence';
  if (typeof event.schedule === 'string') return printable(`schedule ${event.schedule} of ${event.scheduledTime}`);
  const { source, id, detail, 'detail-type': type } = event;
  const text = type === undefined ? JSON.stringify(event) : `${source}, ${type}, ${id}: ${JSON.stringify(detail)}`;
  return printable(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
};
