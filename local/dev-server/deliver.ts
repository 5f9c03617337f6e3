import type { Context } from 'aws-lambda';
import type { BusEvent } from '../emulators/eventbridge/event.ts';
import type { Match } from './rules.ts';

/** The offboarding function, as EventBridge calls it. */
export type EventFunction = (event: unknown, context: Context) => Promise<{ readonly runs: readonly string[] }>;

export type Delivery = {
  /** The rules that let the event through. */
  readonly matched: readonly string[];
  /** The runs it stands for. */
  readonly runs: readonly string[];
  /** Why there are none: on AWS the event is then in the queue of failed events, if a rule matched. */
  readonly problem?: string;
};

/** Delivers an event to the function once, if the rules say so. */
export const createDeliver =
  (matchRules: (event: BusEvent) => Match, handler: EventFunction, context: () => Context) =>
  async (event: BusEvent): Promise<Delivery> => {
    const { matched, problem } = matchRules(event);
    if (problem !== undefined) return { matched, runs: [], problem };
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
