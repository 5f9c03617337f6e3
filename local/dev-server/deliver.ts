import type { Context } from 'aws-lambda';
import type { BusEvent } from '../emulators/eventbridge/event.ts';
import { matchRules } from './rules.ts';

/** The offboarding function, as EventBridge calls it. */
export type EventFunction = (event: unknown, context: Context) => Promise<{ readonly runs: readonly string[] }>;

export type Delivery = {
  /** The rules that let the event through. */
  readonly matched: readonly string[];
  /** The runs it stands for. */
  readonly runs: readonly string[];
  /** Why there are none: on AWS the event is then in the queue of what was not understood. */
  readonly problem?: string;
};

/** Plays the rules of EventBridge: an event that matches goes to the function once, whatever number of rules it matches. */
export const createDeliver =
  (handler: EventFunction, context: () => Context) =>
  async (event: BusEvent): Promise<Delivery> => {
    const matched = matchRules(event);
    if (matched.length === 0) return { matched, runs: [], problem: 'no rule matches the event' };
    try {
      const { runs } = await handler(event, context());
      return { matched, runs };
    } catch (error) {
      return {
        matched,
        runs: [],
        problem: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error',
      };
    }
  };
