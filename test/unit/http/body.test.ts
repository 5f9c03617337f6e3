import fc from 'fast-check';
import * as v from 'valibot';
import { InvalidRequest, parseBody } from '../../../functions/http/request.ts';
import { anyText } from '../../support/any-text.ts';

const schema = v.strictObject({ reason: v.optional(v.string('must be a string')) }, 'must be a JSON object');
const parse = (body: string | undefined, isBase64Encoded = false) =>
  parseBody({ ...(body !== undefined && { body }), isBase64Encoded }, schema, 64);
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

test.each([undefined, '', ' \n'])('treats %j as an empty object', (body) => {
  expect(parse(body)).toEqual({});
});

test('reads JSON after a byte order mark, as text and in base64', () => {
  expect(parse('\ufeff{"reason":"phone lost"}')).toEqual({ reason: 'phone lost' });
  expect(parse(base64('\ufeff{"reason":"phone lost"}'), true)).toEqual({ reason: 'phone lost' });
});

test('reads JSON, also in base64', () => {
  expect(parse('{"reason":"phone lost"}')).toEqual({ reason: 'phone lost' });
  expect(parse(base64('{"reason":"verloren ☎"}'), true)).toEqual({ reason: 'verloren ☎' });
});

test.each([
  ['{', false, 'body must be JSON'],
  ['null', false, 'body must be a JSON object'],
  ['"reason"', false, 'body must be a JSON object'],
  ['[]', false, 'body must be a JSON object'],
  ['{"reason":7}', false, 'reason must be a string'],
  ['{"raeson":"x"}', false, 'raeson is not a field of this request'],
  ['{"__proto__":{"reason":"x"}}', false, '__proto__ is not a field of this request'],
  ['{"constructor":1}', false, 'constructor is not a field of this request'],
  [base64(Uint8Array.of(0xff, 0xfe)), true, 'body must be UTF-8'],
  [base64(Buffer.from('{"reason":"caf\u00e9"}', 'latin1')), true, 'body must be UTF-8'],
  // The same bytes as the gateway decodes them if the content type is a text.
  [Buffer.from('{"reason":"caf\u00e9"}', 'latin1').toString('utf8'), false, 'body must be UTF-8'],
  ['{"reason":"\ud800"}', false, 'body must be UTF-8'],
  [`{"reason":"${'x'.repeat(64)}"}`, false, 'body must be at most 64 bytes'],
  ['x'.repeat(1_000_000), false, 'body must be at most 64 bytes'],
  ['['.repeat(60), false, 'body must be JSON'],
])('names the error in %.30s', (body, isBase64Encoded, message) => {
  expect(() => parse(body, isBase64Encoded)).toThrow(
    new InvalidRequest(message.split(' ')[0] ?? '', message.split(' ').slice(1).join(' ')),
  );
});

test('any body is either parsed by the schema or an InvalidRequest', () => {
  fc.assert(
    fc.property(fc.oneof(anyText(), fc.json()), fc.boolean(), (body, isBase64Encoded) => {
      try {
        expect(Object.keys(parse(body, isBase64Encoded)).filter((key) => key !== 'reason')).toEqual([]);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidRequest);
      }
    }),
  );
});
