import * as v from 'valibot';
import { parseJsonAs } from '../platform/unknown-values.ts';
import { type Invalid, InvalidEvent, type LeaverReport, type NotAnOffboarding } from './dialect.ts';
import { type DialectName, parseOffboardingEvent } from './dialects.ts';
import { type IsDisabled, UserNotRead } from './user-status.ts';

/** One message of the queue with a delay, as Lambda delivers it (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html). */
const deliverySchema = v.object({
  Records: v.strictTuple([v.object({ eventSource: v.literal('aws:sqs'), body: v.string() })]),
});

type Delivered = {
  /** A rule delivers the event at once, and the queue delivers it again some minutes later. */
  readonly look: 'first' | 'second';
  readonly event: unknown;
};

/** Tells an event from one that comes out of the queue. @throws InvalidEvent */
export const parseDelivery = (input: unknown): Delivered => {
  if (!v.is(deliverySchema, input)) return { look: 'first', event: input };
  const [{ body }] = input.Records;
  const event = parseJsonAs(v.looseObject({}), body);
  if (event === undefined) throw new InvalidEvent('the message of the queue must be an event as JSON');
  return { look: 'second', event };
};

type ReadEvent =
  | (LeaverReport & { readonly dialect: DialectName })
  | NotAnOffboarding
  | Invalid
  | { readonly kind: 'unknown-dialect' };

/** Parses an event, and reads whether the user was disabled if it does not say so. @throws InvalidEvent or UserNotRead */
export const readEvent = async ({ look, event }: Delivered, isDisabled: IsDisabled): Promise<ReadEvent> => {
  const parsed = parseOffboardingEvent(event);
  if (parsed.kind !== 'status-change')
    return look === 'first' ? parsed : nobodyLeft('only the user of an update is looked at again');
  const { user, report, dialect } = parsed;
  try {
    return (await isDisabled(user, look)) ? { ...report, dialect } : nobodyLeft('the user is enabled');
  } catch (error) {
    // With a wrong identity store the first look has failed, which is reported.
    if (look === 'second' && error instanceof UserNotRead && error.reason === 'ResourceNotFoundException')
      return nobodyLeft('the user was deleted since, which is an event of its own');
    throw error;
  }
};

const nobodyLeft = (why: string): NotAnOffboarding => ({ kind: 'not-an-offboarding', why });
