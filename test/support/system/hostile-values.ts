import fc from 'fast-check';
import { anyText } from '../any-text.ts';

const million = 1_000_000;

/** Texts that look like an id, a path or a name to somebody, and are none. */
export const hostileText = fc.oneof(
  anyText(),
  fc.constantFrom(
    '',
    '../1101000001',
    '1101000001/../7103000001',
    '..%2f1101000001',
    '%00',
    '\0',
    '1101000001\0',
    '1101000001\n',
    ' 1101000001',
    '١١٠١٠٠٠٠٠١',
    '１１０１０００００１',
    '१९०१',
    '11010000011',
    '-1',
    '1e9',
    '0x1F',
    '1101000001,7103000001',
    '__proto__',
    'constructor',
    '\ud800',
    '1'.repeat(million),
    'x'.repeat(million),
    '../'.repeat(million / 3),
    'wait='.repeat(million / 5),
    `wait=${' '.repeat(million)}1`,
    `wait=${'9'.repeat(million)}`,
  ),
);

/** Bodies as no client of ours would send them. */
export const hostileBody = fc.oneof(
  anyText(),
  fc.json(),
  fc.constantFrom(
    `{"reason":"${'x'.repeat(million)}"}`,
    '['.repeat(100_000),
    `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
    `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
    `{"target":${'['.repeat(2_000)}${']'.repeat(2_000)},"reason":"phone lost"}`,
    '{"reason":"phone lost","reason":["x"]}',
    '{"__proto__":{"reason":"phone lost","polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"reason":"phone lost","__proto__":{"polluted":true}}',
    '{"target":{"all":true,"__proto__":{"instances":["1101000001"]}},"reason":"phone lost"}',
    '{"target":{"all":true,"all":false},"reason":"phone lost"}',
    '{"reason":"\\ud800"}',
    '{"reason":"a\\u0000b"}',
    '{"reason":"\\u202e\\u2066"}',
    '{"reason":1e999}',
    '\uFEFF{"reason":"phone lost"}',
    'reason=phone+lost',
    '<reason>phone lost</reason>',
    'null',
    '[]',
    '"reason"',
    `{${Array.from({ length: 5_000 }, (_, at) => `"k${at}":1`).join(',')}}`,
  ),
);

/** Bodies that are as they should be. */
export const honestBody = fc.constantFrom('{"reason":"phone lost"}', '{"target":{"all":true},"reason":"phone lost"}');

export const hostileHeaders = fc.record(
  {
    prefer: hostileText,
    'idempotency-key': hostileText,
    'content-type': fc.constantFrom(
      'text/html',
      'application/x-www-form-urlencoded',
      'application/xml; charset=utf-7',
      '',
    ),
  },
  { requiredKeys: [] },
);

/** Values that stand where an object of ours should. */
export const hostileValue = fc.oneof(
  fc.anything({ withNullPrototype: true, withDate: true, withBigInt: true, withTypedArray: true }),
  hostileText,
  hostileBody.map((text) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }),
);

type Ports = { readonly allowed: number; readonly trap: number };

/** Addresses that another reader than ours may take for an allowed one, and hosts that nobody outside should name. */
export const hostileAddress = ({ allowed, trap }: Ports) => {
  /** Mostly as usual, so that often one part alone is hostile. */
  const part = (usual: string, ...hostile: readonly string[]) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...hostile) });
  return fc
    .tuple(
      part(
        'http://',
        'https://',
        'HTTP://',
        'hTTps://',
        '//',
        '',
        'ftp://',
        'http:',
        'http:/',
        'http:\\\\',
        ' http://',
      ),
      part('', 'user:pass@', `127.0.0.1:${allowed}@`, 'api.green-api.com@', '@', 'a:b@c:d@'),
      part(
        '127.0.0.1',
        '127.0.0.2',
        'localhost',
        '[::1]',
        '[::ffff:127.0.0.1]',
        '0.0.0.0',
        '0',
        '127.1',
        '2130706434',
        '0x7f.2',
        '0177.0.0.2',
        '１２７.0.0.2',
        '127。0。0。2',
        '169.254.169.254',
        '169.254.170.2',
        '[fd00:ec2::254]',
        'metadata.google.internal',
        'api.green-api.com.',
        'API.GREEN-API.COM.',
        'api.green-api.com.evil.invalid',
        'api-green-api.com.invalid',
        'xn--pi-6kc.green-api.invalid',
        'аpi.green-api.com',
        'api.green-api.com%2eevil.invalid',
        'api.green-api.com\\.evil.invalid',
        '',
      ),
      part(
        `:${allowed}`,
        '',
        `:${trap}`,
        `:0${allowed}`,
        `.:${allowed}`,
        `%3a${allowed}`,
        ':',
        ':99999',
        `:${allowed}\0`,
      ),
      part(
        '',
        '/',
        '/v3',
        '/v3/',
        '/V3',
        '/v3/..',
        '/..',
        '//',
        '?',
        '#',
        `#@127.0.0.1:${allowed}`,
        `\\@127.0.0.2:${allowed}`,
        '\n',
        ' ',
      ),
    )
    .map((parts) => parts.join(''));
};
