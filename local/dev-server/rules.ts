import { customPattern } from '../../functions/offboarding/custom.ts';
import type { EventPattern } from '../../functions/offboarding/dialect.ts';
import { identityCenterPattern } from '../../functions/offboarding/identity-center.ts';
import { oktaPattern } from '../../functions/offboarding/okta.ts';
import { matchesPattern } from '../emulators/eventbridge/event-pattern.ts';

/** The rules that lead to the offboarding function, by the very patterns that are deployed; here all of them are on. */
const rules: Readonly<Record<string, EventPattern>> = {
  custom: customPattern,
  okta: oktaPattern,
  'identity-center': identityCenterPattern,
};

/** The names of the rules that let an event through. */
export const matchRules = (event: unknown): readonly string[] =>
  Object.entries(rules).flatMap(([name, pattern]) => (matchesPattern(pattern, event) ? [name] : []));
