import fc from 'fast-check';
import { createParseApiUrl } from '../../../functions/green-api/api-url.ts';
import { parseCredential } from '../../../functions/instances/parse-credential.ts';
import { anyText, anyUrl } from '../../support/any-text.ts';

const parseApiUrl = createParseApiUrl([]);
const token = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';

test('reads apiUrl and apiTokenInstance, and ignores other fields', () => {
  const text = JSON.stringify({ apiUrl: 'https://7103.api.greenapi.com/', apiTokenInstance: token, note: 'sales' });

  expect(parseCredential(text, parseApiUrl)).toEqual({
    kind: 'credential',
    credential: { apiUrl: 'https://7103.api.greenapi.com', apiTokenInstance: token },
    tokenLooksUnusual: false,
  });
});

test('falls back to the universal address', () => {
  expect(parseCredential(JSON.stringify({ apiTokenInstance: token }), parseApiUrl)).toMatchObject({
    credential: { apiUrl: 'https://api.green-api.com' },
  });
});

test.each(['Abc-123', '..a', `${token}0`, `A${token}`])(
  'accepts the token %s, valid in a path, and reports that it is unusual',
  (unusual) => {
    expect(parseCredential(JSON.stringify({ apiTokenInstance: unusual }), parseApiUrl)).toMatchObject({
      kind: 'credential',
      tokenLooksUnusual: true,
    });
  },
);

test.each([
  ['', 'is not JSON'],
  ['secret', 'is not JSON'],
  ['null', 'is not a JSON object'],
  ['"text"', 'is not a JSON object'],
  ['42', 'is not a JSON object'],
  ['{}', 'apiTokenInstance is missing or not a string'],
  ['[]', 'apiTokenInstance is missing or not a string'],
  ['{"apiTokenInstance":null}', 'apiTokenInstance is missing or not a string'],
  ['{"apiTokenInstance":7}', 'apiTokenInstance is missing or not a string'],
  ['{"__proto__":{"apiTokenInstance":"abc"}}', 'apiTokenInstance is missing or not a string'],
  ...[
    '',
    ' ',
    'a/b',
    'a?b',
    'a#b',
    'a%2e',
    'a\\\\b',
    'a b',
    'a\\nb',
    '..',
    'a<b',
    'a^b',
    'a|b',
    'a{b}',
    'a`b',
    'tökén',
    'x'.repeat(257),
  ].map((bad) => [
    `{"apiTokenInstance":"${bad}"}`,
    'apiTokenInstance is empty, too long, or holds a character that cannot stand in a URL path',
  ]),
  [`{"apiTokenInstance":"${token}","apiUrl":7}`, 'apiUrl is not a string'],
  [
    `{"apiTokenInstance":"${token}","apiUrl":"https://evil.example"}`,
    'apiUrl is not an address of GREEN-API: correct it, or add its host to allowedApiHosts in the configuration',
  ],
])('names the field that is wrong in %s', (text, problem) => {
  expect(parseCredential(text, parseApiUrl)).toEqual({ kind: 'malformed', problem });
});

test('never throws, and never quotes the secret in a problem', () => {
  const secret = fc.oneof(
    fc.json(),
    anyText(),
    fc.record({ apiTokenInstance: fc.string({ minLength: 9 }), apiUrl: anyUrl }).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(secret, (text) => {
      const parsed = parseCredential(`${text}`, parseApiUrl);

      if (parsed.kind === 'malformed') expect(parsed.problem).toMatch(/^(?:apiUrl |apiTokenInstance |is not )/);
      else expect(parsed.credential.apiTokenInstance).toMatch(/^[^/?#%\s]+$/);
    }),
  );
});
