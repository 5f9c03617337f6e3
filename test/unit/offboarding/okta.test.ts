import { parseOkta } from '../../../functions/offboarding/okta.ts';
import { changed, oktaEvent } from '../../support/offboarding-events.ts';

const parseWith = (field: string, value: unknown) => parseOkta(changed(oktaEvent, { [`detail.${field}`]: value }));

const john = { type: 'User', id: '00u3m90rxKjGQ0G6L1d6', alternateId: 'john.doe@example.com' };

test('reads who was deactivated from the sample, and never the admin who did it', () => {
  expect(parseOkta(oktaEvent)).toEqual({
    kind: 'report',
    people: [['john.doe@example.com', '00u3m90rxKjGQ0G6L1d6']],
    reason: 'user.lifecycle.deactivate in Okta',
    source: 'aws.partner/okta.com/evership/evershipsecuritylake',
    id: 'ab62c0bc-2837-11eb-9823-9fb8f750c5a9',
    account: '999999999999',
    occurredAt: '2020-11-16T18:15:12.862Z',
    occurredAtFrom: 'detail.published',
    actor: { id: '00u2di94bAMSEPvAY1d6', name: 'okta.trainer@okta.com' },
  });
});

test.each(['user.lifecycle.suspend', 'user.lifecycle.delete.initiated'])('%s is also an offboarding', (eventType) => {
  const reading = parseWith('eventType', eventType);

  expect(reading).toMatchObject({ kind: 'report', reason: `${eventType} in Okta` });
});

test.each(['user.session.end', 'user.lifecycle.activate', 'user.lifecycle.deactivate.x', 'constructor'])(
  '%s logs nobody out',
  (eventType) => {
    const reading = parseWith('eventType', eventType);

    expect(reading).toEqual({
      kind: 'not-an-offboarding',
      why: 'its eventType is not an offboarding',
    });
  },
);

test.each(['FAILURE', 'DENY', 'SKIPPED', 'success', ''])('the outcome %j logs nobody out', (result) => {
  const reading = parseWith('outcome.result', result);

  expect(reading).toEqual({ kind: 'not-an-offboarding', why: 'its outcome is not SUCCESS' });
});

test('reads every person among the targets, and no other target', () => {
  const reading = parseWith('target', [
    { type: 'AppInstance', id: '0oa1', alternateId: 'Salesforce' },
    john,
    { type: 'AppUser', id: '0ua1', alternateId: 'mary' },
    null,
    'User',
    { type: ['User'], id: '00u9' },
    { type: 'User', id: '00u2', alternateId: null },
  ]);

  expect(reading).toMatchObject({ people: [['john.doe@example.com', '00u3m90rxKjGQ0G6L1d6'], ['00u2']] });
});

test('does not use Okta’s placeholder for a missing value as an identity', () => {
  expect(parseWith('target', [{ ...john, alternateId: 'unknown' }])).toMatchObject({
    people: [['00u3m90rxKjGQ0G6L1d6']],
  });
  expect(parseWith('target', [{ type: 'User', id: 'unknown', alternateId: 'unknown' }])).toEqual({
    kind: 'invalid',
    rule: 'detail.target: 1 of 1 users have no usable id or alternateId',
  });
});

test.each([
  [[], 'detail.target', 'must have an entry of type User'],
  [[{ type: 'AppInstance', id: '0oa1' }], 'detail.target', 'must have an entry of type User'],
  [{ 0: john }, 'detail.target', 'must be an array'],
  [null, 'detail.target', 'must be an array'],
  [[{ type: 'User' }, { type: 'User', id: 7, alternateId: 'a b' }], undefined, expect.stringContaining('2 of 2 users')],
  [Array(51).fill(john), 'detail.target', 'must have at most 50 entries of type User'],
])('names the error in targets that identify nobody (%#)', (target, field, rule) => {
  expect(parseWith('target', target)).toEqual({ kind: 'invalid', field, rule });
});

test.each([
  ['has a number as its id', { ...john, id: 7 }, ['john.doe@example.com']],
  ['has two addresses', { ...john, alternateId: 'john.doe@example.com mary@example.com' }, ['00u3m90rxKjGQ0G6L1d6']],
  ['has a line break', { ...john, alternateId: 'john\ndoe' }, ['00u3m90rxKjGQ0G6L1d6']],
  ['has an empty login', { ...john, alternateId: '' }, ['00u3m90rxKjGQ0G6L1d6']],
])('drops an identity that is not a single word from a target that %s', (_what, target, identities) => {
  const reading = parseWith('target', [target]);

  expect(reading).toMatchObject({ kind: 'report', people: [identities] });
  expect(reading).not.toHaveProperty('problem');
});

test.each([
  [{ type: 'User' }],
  [{ type: 'User', id: 'unknown', alternateId: null }],
  [{ type: 'User', alternateId: 'a b' }],
])('keeps the other targets when one identifies nobody, and reports how many were omitted (%#)', (odd) => {
  const reading = parseWith('target', [odd, john]);

  expect(reading).toMatchObject({
    kind: 'report',
    people: [['john.doe@example.com', '00u3m90rxKjGQ0G6L1d6']],
    problem: { kind: 'invalid', rule: 'detail.target: 1 of 2 users have no usable id or alternateId' },
  });
});

test.each(['eventType', 'outcome', 'uuid', 'published', 'target'])('reports that %s is missing', (field) => {
  const reading = parseWith(field, undefined);

  expect(reading).toEqual({ kind: 'invalid', field: `detail.${field}`, rule: 'is missing' });
});

test.each([
  { source: 'com.example.okta' },
  { source: 'aws.partner/okta.community/acme' },
  { source: ['aws.partner/okta.com/acme'] },
  { 'detail-type': 'systemlog' },
])('ignores an event with %j', (change) => {
  expect(parseOkta({ ...oktaEvent, ...change })).toBeUndefined();
});

test.each([
  [undefined, undefined],
  ['okta.trainer', undefined],
  [{ id: 7, alternateId: '' }, undefined],
  [{ id: 'u1', alternateId: ['x'] }, { id: 'u1' }],
  [{ id: 'x'.repeat(1_025), alternateId: 'admin@example.com' }, { name: 'admin@example.com' }],
])('an actor %.60j is recorded as %j, and the report is valid', (actor, recorded) => {
  const reading = parseOkta(changed(oktaEvent, { 'detail.actor': actor }));

  expect(reading).toMatchObject({ kind: 'report' });
  expect((reading as { readonly actor?: unknown }).actor).toEqual(recorded);
});
