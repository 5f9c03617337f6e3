import { parseIdentityCenterNative } from '../../../functions/offboarding/identity-center-native.ts';
import { changed, identityCenterEvent, nativeEvent } from '../../support/offboarding-events.ts';

const prefixed = '93670dc30f-6d321996-eab8-4d2e-9f41-0db53b051a5b';
const bare = '6d321996-eab8-4d2e-9f41-0db53b051a5b';
const storeArn = 'arn:aws:identitystore::111122223333:identitystore/d-93670dc30f';

const parseWith = (values: Readonly<Record<string, unknown>>) =>
  parseIdentityCenterNative(changed(nativeEvent, values));

test('reads who was deleted from the sample, by the id with and without its prefix', () => {
  expect(parseIdentityCenterNative(nativeEvent)).toEqual({
    kind: 'report',
    people: [[prefixed, bare]],
    reason: 'user deleted in IAM Identity Center',
    source: 'aws.identitystore',
    id: '7a1c2f8e-1111-2222-3333-444455556666',
    occurredAt: '2026-11-18T09:00:00Z',
    occurredAtFrom: 'time',
    account: '111122223333',
    change: { userId: prefixed, kind: 'deleted' },
  });
});

test('an update may have disabled the user, so the directory must be read', () => {
  expect(parseWith({ 'detail-type': 'User Updated' })).toMatchObject({
    kind: 'status-change',
    user: { userId: prefixed, identityStoreId: 'd-93670dc30f' },
    report: { people: [[prefixed, bare]], change: { userId: prefixed, kind: 'disabled' } },
  });
});

test.each([
  ['an ARN without the prefix', { resources: [`arn:aws:identitystore:::user/${bare}`, storeArn] }, [prefixed, bare]],
  ['an ARN alone', { resources: [`arn:aws:identitystore:::user/${bare}`] }, [bare]],
  [
    'an ARN of another partition, with account and store',
    { resources: [`arn:aws-cn:identitystore::111122223333:identitystore/d-93670dc30f/user/${bare}`] },
    [bare],
  ],
  [
    'capital digits, which a tag may have as small ones',
    { resources: [`arn:aws:identitystore:::user/${bare.toUpperCase()}`] },
    [bare.toUpperCase(), bare],
  ],
  [
    'a store whose id is a UUID',
    { resources: [`arn:aws:identitystore:::user/${bare}`, `arn:aws:identitystore:::identitystore/${bare}`] },
    [bare],
  ],
  ...['userId', 'UserId', 'user-id', 'user_id', 'USERID'].map(
    (field) => [`detail.${field}`, { resources: [], [`detail.${field}`]: bare }, [bare]] as const,
  ),
  ...['id', 'userId', 'user-id'].map(
    (field) => [`detail.user.${field}`, { resources: [], [`detail.user.${field}`]: bare }, [bare]] as const,
  ),
  [
    'detail with the store',
    {
      resources: [storeArn.replace('d-93670dc30f', 'odd')],
      'detail.user-id': bare,
      'detail.identity-store-id': 'd-93670dc30f',
    },
    [prefixed, bare],
  ],
  ['the same id twice', { 'detail.userId': bare }, [prefixed, bare]],
  [
    'two forms of its id',
    { resources: [`arn:aws:identitystore:::user/${bare}`], 'detail.userId': prefixed },
    [prefixed, bare],
  ],
  [
    'two forms of its id, the longer first',
    { resources: [`arn:aws:identitystore:::user/${prefixed}`], 'detail.userId': bare },
    [prefixed, bare],
  ],
  ['no resources', { resources: undefined, 'detail.userId': prefixed }, [prefixed, bare]],
] as const)('the user is read from %s', (_what, values, identities) => {
  expect(parseWith(values)).toMatchObject({ kind: 'report', people: [identities] });
});

const unreadable = [
  ['no user at all', { resources: [storeArn] }],
  ['resources of another type', { resources: 'arn' }],
  ['an id in another form', { resources: [], 'detail.userId': 'john.doe@example.com' }],
  ['an object in place of the id', { resources: [], 'detail.userId': { value: bare } }],
  ['a list in place of the id', { resources: [], 'detail.userId': [bare] }],
  ['detail of another type', { resources: [], detail: 'x' }],
  ['a group', { resources: [`arn:aws:identitystore:::group/${bare}`] }],
  ['a membership', { resources: [`arn:aws:identitystore:::membership/${bare}`] }],
  ['an actor, who is not the user', { resources: [], 'detail.actor.userId': bare, 'detail.id': bare }],
  ['two users', { 'detail.userId': bare.replace('6', '7') }],
] as const;

test.each(unreadable)('a deletion with %s is invalid, and its event is kept', (_what, values) => {
  expect(parseWith(values)).toEqual({
    kind: 'invalid',
    rule: 'resources and detail must name one user by its id: an ARN, or user-id',
  });
});

test.each(unreadable)('an update with %s is doubtful', (_what, values) => {
  expect(parseWith({ ...values, 'detail-type': 'User Updated' })).toEqual({
    kind: 'not-an-offboarding',
    why: 'it names no user, or several, so nobody can be read',
    isDoubtful: true,
  });
});

test.each([
  ['id', undefined, 'is missing'],
  ['time', 'yesterday', 'must be an ISO 8601 instant with its offset, such as 2026-11-30T17:00:00Z'],
])('names the error in %s', (field, value, rule) => {
  expect(parseWith({ [field]: value })).toEqual({ kind: 'invalid', field, rule });
});

test.each([
  ['the detail-type of CloudTrail', { 'detail-type': 'AWS API Call via CloudTrail' }],
  ['a group', { 'detail-type': 'Group Deleted' }],
  ['a new user', { 'detail-type': 'User Created' }],
  ['another source', { source: 'com.example.hr' }],
])('an event with %s belongs to no native dialect', (_what, values) => {
  expect(parseWith(values)).toBeUndefined();
  expect(parseIdentityCenterNative(identityCenterEvent)).toBeUndefined();
});
