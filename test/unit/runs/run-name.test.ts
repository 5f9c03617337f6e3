import fc from 'fast-check';
import {
  countedLeaverOf,
  countedRunNameOf,
  formerRunNameOf,
  parseRunName,
  runNameOf,
  runSourceOf,
} from '../../../functions/runs/run-name.ts';
import { anyText } from '../../support/any-text.ts';

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
    fc.property(anyText(), fc.string(), (requester, key) => {
      const name = runNameOf('schedule', { stack: 'green-api-logout', requester, key });
      expect(parseRunName(name)).toBe(name);
      expect(name).toMatch(/^[A-Za-z0-9-_]{1,64}$/);
    }),
  );
});

test.each([
  undefined,
  '',
  'api-',
  `api-${'a'.repeat(39)}`,
  `API-${'a'.repeat(40)}`,
  `api-${'g'.repeat(40)}`,
  '../x',
  `api_${'a'.repeat(40)}`,
  `x-api-${'a'.repeat(40)}`,
  [`api-${'a'.repeat(40)}`],
  `event_${'a'.repeat(40)}`,
])('does not accept %p as a name', (value) => {
  expect(parseRunName(value)).toBeUndefined();
});

test.each([
  ['api', 'api'],
  ['event', 'offboarding'],
  ['schedule', 'schedule'],
] as const)('a name that begins with %s identifies a run started by %s', (handler, source) => {
  expect(runSourceOf(runNameOf(handler, cause))).toBe(source);
});

test('the names of version 0.2 stay the same: a run may wait for weeks', () => {
  expect([runNameOf('api', cause), runNameOf('event', cause), formerRunNameOf(cause, 'hr')]).toEqual([
    'api-6153076ee7e2458756420bbb3c4b9bdb121c32a0',
    'event-6153076ee7e2458756420bbb3c4b9bdb121c32a0',
    'event-hr-6153076ee7e2458756420bbb3c4b9bdb121c32a0',
  ]);
});

describe('the name of a leaver who counts', () => {
  const counted = { provider: 'api', isWaiting: false };

  test('says for which identity provider, for any name of one, and whether the run waits', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/),
        fc.boolean(),
        fc.string(),
        (provider, isWaiting, key) => {
          const name = countedRunNameOf({ ...cause, key }, { provider, isWaiting }, [key]);

          expect(countedLeaverOf(name)).toMatchObject({ provider, isWaiting });
          expect(parseRunName(name)).toBe(name);
          expect(runSourceOf(name)).toBe('offboarding');
          expect(name).toMatch(/^[A-Za-z0-9-_]{1,64}$/);
        },
      ),
    );
    expect(countedLeaverOf(runNameOf('event', cause))).toBeUndefined();
  });

  test('has the same person for the same identities, and another run for each report', () => {
    const first = countedRunNameOf(cause, counted, ['john.doe@example.com', '00u1']);
    const second = countedRunNameOf({ ...cause, key: 'key-2' }, counted, ['00u1', 'john.doe@example.com']);
    const other = countedRunNameOf(cause, counted, ['john.doe@example.com']);

    expect(second).not.toBe(first);
    expect(countedLeaverOf(second)?.person).toBe(countedLeaverOf(first)?.person);
    expect(countedLeaverOf(other)?.person).not.toBe(countedLeaverOf(first)?.person);
  });

  test('by a name of version 0.2, each run is a person of its own', () => {
    const people = ['1', '2'].map((key) => countedLeaverOf(formerRunNameOf({ ...cause, key }, 'hr')));

    expect(people).toMatchObject([
      { provider: 'hr', isWaiting: false },
      { provider: 'hr', isWaiting: false },
    ]);
    expect(people[0]?.person).not.toBe(people[1]?.person);
  });
});
