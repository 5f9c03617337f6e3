import { dialects } from '../../functions/offboarding/dialects.ts';
import type { Configuration } from '../../infra/configuration/configuration.ts';
import {
  disabledDialects,
  type OffboardingRule,
  offboardingRules,
} from '../../infra/configuration/offboarding-rules.ts';
import type { BusEvent } from '../emulators/eventbridge/event.ts';
import { matchesPattern } from '../emulators/eventbridge/event-pattern.ts';

/** The rules that match an event, and why none of them delivers it to the offboarding function. */
export type Match = { readonly matched: readonly string[]; readonly problem?: string };

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
    if (name !== undefined) return `the configuration does not enable offboarding.${name}`;
    return matched.length > 0 ? 'no enabled dialect understands the event' : 'no rule matches the event';
  };

  return (event: BusEvent): Match => {
    const matching = rules.filter(({ bus, pattern }) => arrivesOn(event, bus) && matchesPattern(pattern, event));
    const matched = matching.map(({ name }) => name);
    return matching.some(({ target }) => target === 'function')
      ? { matched }
      : { matched, problem: problemOf(event, matching) };
  };
};
