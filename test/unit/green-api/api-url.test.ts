import fc from 'fast-check';
import { createParseApiUrl } from '../../../functions/green-api/api-url.ts';
import { anyUrl } from '../../support/any-text.ts';

const parse = createParseApiUrl([
  '127.0.0.1:3001',
  'proxy.example.com',
  'localhost',
  '127.0.0.11',
  '127.0.0.1.example.com',
  'x.localhost',
]);

test.each([
  ['https://api.green-api.com', 'https://api.green-api.com'],
  ['https://api.greenapi.com/', 'https://api.greenapi.com'],
  ['https://7103.api.greenapi.com', 'https://7103.api.greenapi.com'],
  ['https://api.p03.green-api.com', 'https://api.p03.green-api.com'],
  ['https://api.p12.greenapi.com/', 'https://api.p12.greenapi.com'],
  ['https://3100.api.green-api.com/v3', 'https://3100.api.green-api.com/v3'],
  ['https://3100.api.green-api.com/v3/', 'https://3100.api.green-api.com/v3'],
  ['HTTPS://API.Green-API.com', 'https://api.green-api.com'],
  ['http://127.0.0.1:3001', 'http://127.0.0.1:3001'],
  ['https://127.0.0.1:3001', 'https://127.0.0.1:3001'],
  ['https://proxy.example.com', 'https://proxy.example.com'],
  ['http://localhost', 'http://localhost'],
  ['http://127.0.0.11', 'http://127.0.0.11'],
])('reads %s as %s', (text, apiUrl) => {
  expect(parse(text)).toBe(apiUrl);
});

test.each([
  'http://api.green-api.com',
  'http://proxy.example.com',
  'http://127.0.0.1.example.com',
  'http://x.localhost',
  'http://127.0.0.1',
  'http://127.0.0.1:3002',
  'https://127.0.0.1',
  'http://169.254.169.254',
  'https://169.254.169.254/latest/meta-data',
  'http://127.0.0.1:9001/2018-06-01/runtime',
  'https://api.green-api.com.evil.example',
  'https://api.green-api.com.',
  'https://evil-api.green-api.com',
  'https://x.api.green-api.com',
  'https://api.p.green-api.com',
  'https://api.p03.p02.green-api.com',
  'https://api.px3.green-api.com',
  'https://api.p03.green-api.com.evil.example',
  'https://p03.green-api.com',
  'https://api.green-api.com:443',
  'https://api.green-api.com:8443',
  'https://user:pass@api.green-api.com',
  'https://api.green-api.com@evil.example',
  'https://evil.example/api.green-api.com',
  'https://evil.example#api.green-api.com',
  'https://evil.example\\@api.green-api.com',
  'https://api.green-api.com/v3/v3',
  'https://api.green-api.com/v4',
  'https://api.green-api.com//',
  'https://api.green-api.com?x=1',
  'https://api.gréen-api.com',
  'https://xn--api-green-api.com',
  'https://api.green-api.com\n',
  ' https://api.green-api.com',
  'https:/api.green-api.com',
  'https://[::1]',
  'file:///etc/passwd',
  'api.green-api.com',
  '',
])('refuses %p', (text) => {
  expect(parse(text)).toBeUndefined();
});

test('every URL parser reads an allowed host from each accepted address', () => {
  const piece = fc.constantFrom(
    'https://',
    'http://',
    'api',
    '.',
    'green-api',
    'greenapi',
    'p03',
    '.com',
    '7103',
    '@',
    ':',
    '/',
    '\\',
    '#',
    '/v3',
    '127.0.0.1:3001',
    'evil',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece).map((pieces) => pieces.join('')),
        anyUrl,
        fc.string(),
      ),
      (text) => {
        const apiUrl = parse(text);

        if (apiUrl === undefined) return;
        const { host, username, password, search, hash } = new URL(apiUrl);
        expect(host).toMatch(
          /^(?:(?:[0-9]+\.)?api\.(?:p[0-9]+\.)?(?:green-api|greenapi)\.com|127\.0\.0\.1:3001|proxy\.example\.com)$/,
        );
        expect([username, password, search, hash]).toEqual(['', '', '', '']);
      },
    ),
    { numRuns: 2_000 },
  );
});
