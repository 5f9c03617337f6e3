import fc from 'fast-check';
import { parseInstanceId } from '../../../functions/green-api/instance-id.ts';
import { anyText } from '../../support/any-text.ts';

test.each(['1', '1101000001', '0000000001', '410012345678', '18446744073709551615'])('accepts %s', (text) => {
  expect(parseInstanceId(text)).toBe(text);
});

test.each([
  '',
  '110100000111010000011',
  '1101000001\n',
  ' 1101000001',
  '../7103000000',
  '1101000001/logout',
  '１１０１',
  '١٢٣',
  '1e3',
  '-1',
  1101000001,
  null,
  undefined,
  ['1'],
])('refuses %p', (value) => {
  expect(parseInstanceId(value)).toBeUndefined();
});

test('accepts only ASCII digits', () => {
  fc.assert(
    fc.property(fc.oneof(anyText(), fc.anything()), (value) => {
      const id = parseInstanceId(value);

      expect(id === undefined || /^[0-9]{1,20}$/.test(id)).toBe(true);
    }),
  );
});
