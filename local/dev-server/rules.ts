import type { BusEvent } from '../../emulators/eventbridge/event.ts';
import { matchesPattern } from '../../emulators/eventbridge/event-pattern.ts';
import { createDelayQueue, type DelayQueue, queueEvent } from '../../emulators/sqs/delay-queue.ts';
import { dialects } from '../../functions/offboarding/dialects.ts';
import type { Configuration } from '../../infra/configuration/configuration.ts';
import {
  disabledDialects,
  type OffboardingRule,
  offboardingRules,
  secondLook,
  settingOf,
} from '../../infra/configuration/offboarding-rules.ts';
import type { CallFunction } from './functions.ts';
import type { Print } from './output.ts';

/** The rules that match an event, and why none of them delivers it to the offboarding function. */
type Match = {
  readonly matched: readonly string[];
  /** Whether a rule delivers it a second time, some minutes later. @default false */
  readonly hasSecondLook?: boolean;
  readonly problem?: string;
};

/** Only AWS and its partners can put events whose source begins with `aws.`, and these arrive on other buses than the stack's. */
const arrivesOn = ({ source }: BusEvent, bus: OffboardingRule['bus']): boolean => {
  if (source.startsWith('aws.partner/')) return typeof bus === 'object';
  return source.startsWith('aws.') ? bus === 'default' : bus === 'own';
};

/** Matches events against the rules that are deployed with this configuration, the rule for the rest included. */
export const createMatchRules = (settings: Configuration['offboarding']) => {
  const rules = offboardingRules(settings);
  const disabled = disabledDialects(settings);

  const problemOf = (event: BusEvent, matched: readonly OffboardingRule[]): string => {
    const [name] = disabled.filter((each) => matchesPattern(dialects[each].pattern, event));
    if (name !== undefined) return `the configuration does not enable ${settingOf(name)}`;
    return matched.length > 0 ? 'no enabled dialect understands the event' : 'no rule matches the event';
  };

  return (event: BusEvent): Match => {
    const matching = rules.filter(({ bus, pattern }) => arrivesOn(event, bus) && matchesPattern(pattern, event));
    const matched = matching.map(({ name }) => name);
    const again = matching.some(({ target }) => target === 'second-look') && { hasSecondLook: true };
    return matching.some(({ target }) => target === 'function')
      ? { matched, ...again }
      : { matched, ...again, problem: problemOf(event, matching) };
  };
};

export type Delivery = {
  /** The rules that match the event. */
  readonly matched: readonly string[];
  /** The runs that it started. */
  readonly runs: readonly string[];
  /** Why there are none: on AWS the event is then in the queue of failed events, if a rule matched. */
  readonly problem?: string;
};

/** Delivers an event to the offboarding function once, if a rule matches, and a second time by the queue, if another does. */
export const createDeliver =
  (matchRules: (event: BusEvent) => Match, call: CallFunction, secondLook: Pick<DelayQueue, 'send'>) =>
  async (event: BusEvent): Promise<Delivery> => {
    const { matched, hasSecondLook, problem } = matchRules(event);
    if (hasSecondLook) secondLook.send(JSON.stringify(event));
    if (problem !== undefined) return { matched, runs: [], problem };
    try {
      const { runs } = parseRuns(await call('offboarding', event));
      return { matched, runs };
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
      return { matched, runs: [], problem: reason };
    }
  };

/** The queue of the second look, as the stack has it; a higher time scale shortens its waits. */
export const createSecondLook = (call: CallFunction, timeScale: number, print: Print): DelayQueue =>
  createDelayQueue({
    delayMs: (secondLook.delaySeconds * 1_000) / timeScale,
    visibilityTimeoutMs: (secondLook.visibilitySeconds * 1_000) / timeScale,
    maxReceiveCount: secondLook.attempts,
    deliver: (body) => call('offboarding', queueEvent(body)),
    deadLetter: () => print('the second look at an event failed: on AWS it is now in the queue offboarding-failed\n'),
  });

const parseRuns = (result: unknown) => result as { readonly runs: readonly string[] };
