import fc from 'fast-check';
import { customPattern } from '../../../functions/offboarding/custom.ts';
import { readEvent } from '../../../functions/offboarding/dialects.ts';
import { identityCenterPattern } from '../../../functions/offboarding/identity-center.ts';
import { oktaPattern } from '../../../functions/offboarding/okta.ts';
import { matchesPattern } from '../../../local/emulators/eventbridge/event-pattern.ts';
import { anyVariation } from '../../support/any-event.ts';

const patterns = [customPattern, oktaPattern, identityCenterPattern];

test('whoever left according to a dialect left according to a pattern', () => {
  fc.assert(
    fc.property(anyVariation, (event) => {
      const isMatched = patterns.some((pattern) => matchesPattern(pattern, event));

      expect(readEvent(event).kind === 'left' && !isMatched).toBe(false);
    }),
    { numRuns: 3_000 },
  );
});

test('what a pattern lets through is acted on or reported, never taken for nothing', () => {
  fc.assert(
    fc.property(anyVariation, (event) => {
      const isMatched = patterns.some((pattern) => matchesPattern(pattern, event));

      fc.pre(isMatched);
      expect(['left', 'broken', 'unknown-dialect']).toContain(readEvent(event).kind);
    }),
  );
});
