import fc from 'fast-check';
import { parseWait } from '../../../functions/http/prefer.ts';

test.each([
  [undefined, 5_000, undefined],
  ['', 5_000, undefined],
  ['respond-async', 5_000, undefined],
  ['wait=0', 0, 'wait=0'],
  ['wait=10', 10_000, 'wait=10'],
  ['Wait = "7"', 7_000, 'wait=7'],
  ['respond-async, wait=3; x=1', 3_000, 'wait=3'],
  ['wait=3, wait=9', 3_000, 'wait=3'],
  ['wait=21', 20_000, 'wait=20'],
  ['wait=999999', 20_000, 'wait=20'],
  [`wait=${'9'.repeat(400)}`, 20_000, 'wait=20'],
  ['wait=007', 7_000, 'wait=7'],
  [`wait=${'0'.repeat(400)}3`, 3_000, 'wait=3'],
  ['wait=+5', 5_000, undefined],
  ['wait=1e1', 5_000, undefined],
  ['wait=0x10', 5_000, undefined],
  ['wait=" 7"', 5_000, undefined],
  ['wait=-1', 5_000, undefined],
  ['wait=1.5', 5_000, undefined],
  ['wait=soon', 5_000, undefined],
  ['await=3', 5_000, undefined],
  // A comma or semicolon in a quoted string is no separator, and a header that violates the grammar is ignored.
  ['foo="a, wait=0"', 5_000, undefined],
  ['foo="a; wait=0", wait=4', 4_000, 'wait=4'],
  ['foo="\\", wait=0"', 5_000, undefined],
  ['handling=lenient; wait=0, wait=4', 4_000, 'wait=4'],
  ['wait="2', 5_000, undefined],
  ['wait=2"', 5_000, undefined],
  ['wait=0, =', 5_000, undefined],
  [', ,wait=6;;,', 6_000, 'wait=6'],
])('%p waits %i ms', (prefer, waitMs, applied) => {
  expect(parseWait(prefer)).toEqual({ waitMs, ...(applied && { applied: { 'preference-applied': applied } }) });
});

test('no header makes it wait longer than 20 seconds', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat().map((seconds) => `wait=${seconds}`),
      ),
      (prefer) => {
        const { waitMs } = parseWait(prefer);

        expect(waitMs >= 0 && waitMs <= 20_000).toBe(true);
      },
    ),
  );
});
