import fc from 'fast-check';
import { parseRunName, providerOfRun, runNameOf, runSourceOf } from '../../../functions/runs/run-name.ts';

const cause = {
  stack: 'green-api-logout',
  requester: 'arn:aws:iam::111122223333:user/desk AIDAEXAMPLEID',
  key: 'key-1',
};

test('gives the same cause the same name, for retries', () => {
  expect(runNameOf('api', cause)).toBe(runNameOf('api', { ...cause }));
  expect(runNameOf('api', cause)).toMatch(/^api-[0-9a-f]{40}$/);
});

test.each([{ stack: 'green-api-logout-test' }, { requester: 'auth0|desk' }, { key: 'key-2' }])(
  'gives another cause another name: %j',
  (other) => {
    expect(runNameOf('api', { ...cause, ...other })).not.toBe(runNameOf('api', cause));
  },
);

test('gives different sources different names', () => {
  const names = (['api', 'event', 'schedule'] as const).map((handler) => runNameOf(handler, cause));

  expect(new Set(names).size).toBe(3);
});

test('gives different causes different names, even if their concatenated parts are equal', () => {
  const part = fc.string({ unit: fc.constantFrom('a', ',', '"', '\\', '[', ' '), maxLength: 5 });
  fc.assert(
    fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (one, other) => {
      const nameOf = ([stack, requester, key]: [string, string, string]) =>
        runNameOf('event', { stack, requester, key });
      expect(nameOf(one) === nameOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});

test('every name can be parsed, and is a name that Lambda allows', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (requester, key) => {
      const name = runNameOf('schedule', { stack: 'green-api-logout', requester, key });
      expect(parseRunName(name)).toBe(name);
      expect(name).toMatch(/^[A-Za-z0-9-_]{1,64}$/);
    }),
  );
});

test.each([undefined, '', 'api-', `api-${'a'.repeat(39)}`, `API-${'a'.repeat(40)}`, `api-${'g'.repeat(40)}`, '../x'])(
  'does not accept %p as a name',
  (value) => {
    expect(parseRunName(value)).toBeUndefined();
  },
);

test.each([
  ['api', 'api'],
  ['event', 'offboarding'],
  ['schedule', 'schedule'],
] as const)('a name that begins with %s identifies a run started by %s', (handler, source) => {
  expect(runSourceOf(runNameOf(handler, cause))).toBe(source);
  expect(runSourceOf(runNameOf(handler, { ...cause, ...(handler === 'event' && { provider: 'api' }) }))).toBe(source);
});

test('the name of a run identifies its identity provider, for any name of an identity provider', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/), fc.string(), (provider, key) => {
      const name = runNameOf('event', { ...cause, key, provider });
      expect(providerOfRun(name)).toBe(provider);
      expect(parseRunName(name)).toBe(name);
      expect(runSourceOf(name)).toBe('offboarding');
      expect(name).toMatch(/^[A-Za-z0-9-_]{1,64}$/);
    }),
  );
  expect(providerOfRun(runNameOf('event', cause))).toBeUndefined();
});
