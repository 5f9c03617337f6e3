import fc from 'fast-check';
import { escapeTagValue, parseTagValue, tagValuePattern } from '../../../functions/instances/tag-value.ts';

test.each([
  ['john.doe@example.com 00u1', 'john.doe@example.com 00u1'],
  ["o'brien@example.com", 'o_x0027_brien@example.com'],
  ['ann_example.com#EXT#@x.com', 'ann_example.com_x0023_EXT_x0023_@x.com'],
  ['R&D', 'R_x0026_D'],
  ['R…', 'R_x2026_'],
  ['สมชาย', 'สมชาย'],
  ['น้ำ', 'น_x0E49_ำ'],
  ['😀', '_x0001F600_'],
  ['a_x0027_b', 'a_x005F_x0027_b'],
  ["_x0027'", '_x005F_x0027_x0027_'],
  ['snake_case_x00', 'snake_case_x00'],
])('%s stands in a tag as %s', (text, value) => {
  expect(escapeTagValue(text)).toBe(value);
  expect(parseTagValue(value)).toBe(text);
});

test('every visible text can stand in a tag, and no two texts stand there as one', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.array(fc.constantFrom('_', 'x', '_x', '0', '0027', '0001F600', "'", '_x0027_', 'F', 'X', '😀'), {
      maxLength: 12,
    }),
  );
  fc.assert(
    fc.property(text, (parts) => {
      const plain = [parts].flat().join('');
      const value = escapeTagValue(plain);
      expect(parseTagValue(value)).toBe(plain);
      expect(tagValuePattern.test(value.slice(0, 256))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test.each(['_x0020_', '_x000A_', '_x200B_', '_xD800_', '_xFFFFFFFF_', '_x27_', '_x0027', 'x0027_'])(
  '%s in a tag is plain text',
  (value) => {
    expect(parseTagValue(value)).toBe(value);
  },
);

test.each(["o'brien", "'brien", "brien'", 'x'.repeat(257)])('the value of a tag cannot be %s', (value) => {
  expect(tagValuePattern.test(value)).toBe(false);
});
