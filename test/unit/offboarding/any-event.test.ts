import fc from 'fast-check';
import { matchesPattern } from '../../../emulators/eventbridge/event-pattern.ts';
import { dialects, parseOffboardingEvent } from '../../../functions/offboarding/dialects.ts';
import { anyVariation } from '../../support/any-event.ts';

const patterns = Object.values(dialects).map(({ pattern }) => pattern);

test('an event that a dialect parses as an offboarding matches a pattern', () => {
  fc.assert(
    fc.property(anyVariation, (event) => {
      const isMatched = patterns.some((pattern) => matchesPattern(pattern, event));

      const { kind } = parseOffboardingEvent(event);

      expect((kind === 'report' || kind === 'status-change') && !isMatched).toBe(false);
    }),
    { numRuns: 3_000 },
  );
});

test('an event that matches a pattern is either acted on or reported', () => {
  fc.assert(
    fc.property(anyVariation, (event) => {
      const isMatched = patterns.some((pattern) => matchesPattern(pattern, event));

      fc.pre(isMatched);
      expect(['report', 'status-change', 'invalid', 'unknown-dialect']).toContain(parseOffboardingEvent(event).kind);
    }),
  );
});
