import { parseIdentityCenter } from '../../../functions/offboarding/identity-center.ts';
import { changed, identityCenterEvent, scimEvent } from '../../support/offboarding-events.ts';

const parseWith = (field: string, value: unknown) =>
  parseIdentityCenter(changed(identityCenterEvent, { [`detail.${field}`]: value }));

const prefixed = '93670dc30f-6d321996-eab8-4d2e-9f41-0db53b051a5b';
const bare = '6d321996-eab8-4d2e-9f41-0db53b051a5b';

test('reads who was disabled from the sample, by the id with and without its prefix', () => {
  expect(parseIdentityCenter(identityCenterEvent)).toEqual({
    kind: 'report',
    people: [[prefixed, bare]],
    reason: 'DisableUser in IAM Identity Center',
    source: 'aws.sso-directory',
    id: '02ff70e0-d0ac-4284-bb43-7166c247bd52',
    account: '123456789012',
    occurredAt: '2023-04-08T15:36:49Z',
    occurredAtFrom: 'detail.eventTime',
    actor: { id: 'c5b559a7-3c64-48cd-8f0b-98eae5d7c855' },
    change: { userId: prefixed, kind: 'disabled' },
  });
});

test('reads DeleteUser of the public API', () => {
  const event = changed(identityCenterEvent, {
    source: 'aws.identitystore',
    'detail.eventSource': 'identitystore.amazonaws.com',
    'detail.eventName': 'DeleteUser',
  });

  expect(parseIdentityCenter(event)).toMatchObject({ kind: 'report', reason: 'DeleteUser in IAM Identity Center' });
});

test.each([
  ['d-93670dc30f', [prefixed, bare]],
  [undefined, [bare]],
  ['d-not-a-store', [bare]],
  [{ toString: 'd-93670dc30f' }, [bare]],
])('adds the prefix of the identity store %j to an id without a prefix', (identityStoreId, identities) => {
  const reading = parseWith('requestParameters', { userId: bare, identityStoreId });

  expect(reading).toMatchObject({ people: [identities] });
});

test('an id with capital digits finds a tag with small ones too', () => {
  const capital = bare.toUpperCase();
  const reading = parseWith('requestParameters', { userId: capital, identityStoreId: 'd-93670dc30f' });

  expect(reading).toMatchObject({ people: [[`93670dc30f-${capital}`, capital, prefixed, bare]] });
});

test.each(['EnableUser', 'CreateUser', 'disableuser', 'constructor', 'PatchGroup'])(
  '%s logs nobody out',
  (eventName) => {
    const reading = parseWith('eventName', eventName);

    expect(reading).toEqual({ kind: 'not-an-offboarding', why: 'its eventName is not an offboarding' });
  },
);

test.each(['AccessDenied', '', null])('an event with the errorCode %j logs nobody out', (errorCode) => {
  const reading = parseWith('errorCode', errorCode);

  expect(reading).toEqual({ kind: 'not-an-offboarding', why: 'it has an errorCode: it was refused' });
});

test.each(['PatchUser', 'PutUser', 'UpdateUser'])(
  '%s may have disabled the user, so the directory must be read',
  (eventName) => {
    const reading = parseWith('eventName', eventName);

    expect(reading).toEqual({
      kind: 'status-change',
      user: { userId: prefixed, identityStoreId: 'd-93670dc30f' },
      report: {
        kind: 'report',
        people: [[prefixed, bare]],
        reason: `${eventName} in IAM Identity Center`,
        source: 'aws.sso-directory',
        id: '02ff70e0-d0ac-4284-bb43-7166c247bd52',
        account: '123456789012',
        occurredAt: '2023-04-08T15:36:49Z',
        occurredAtFrom: 'detail.eventTime',
        actor: { id: 'c5b559a7-3c64-48cd-8f0b-98eae5d7c855' },
        change: { userId: prefixed, kind: 'disabled' },
      },
    });
  },
);

test.each([
  ['an operation on the status', [{ op: 'REPLACE', path: 'active', value: 'HIDDEN_DUE_TO_SECURITY_REASONS' }], true],
  [
    'a status among others',
    [
      { op: 'REPLACE', path: 'title' },
      { op: 'REPLACE', path: 'Active' },
    ],
    true,
  ],
  ['an operation without path', [{ op: 'REPLACE', value: 'HIDDEN_DUE_TO_SECURITY_REASONS' }], true],
  ['an empty path', [{ op: 'REPLACE', path: '' }], true],
  ['a path of spaces', [{ op: 'REPLACE', path: '  ' }], true],
  ['the schema of users', [{ op: 'REPLACE', path: 'urn:ietf:params:scim:schemas:core:2.0:User' }], true],
  ['a hidden path', [{ op: 'REPLACE', path: 'HIDDEN_DUE_TO_SECURITY_REASONS' }], true],
  ['no operation', [], true],
  ['operations in another form', 'HIDDEN_DUE_TO_SECURITY_REASONS', true],
  ['an operation on another field', [{ op: 'REPLACE', path: 'emails' }], false],
])('a PatchUser of SCIM with %s', (_what, operations, mayDisable) => {
  const reading = parseIdentityCenter(scimEvent('PatchUser', { httpBody: { operations } }));

  expect(reading?.kind).toBe(mayDisable ? 'status-change' : 'not-an-offboarding');
});

test.each(['aws.identitystore-scim', 'aws.sso', 'aws.cloudtrail'])(
  'a SCIM event is read with any AWS source, such as %s',
  (source) => {
    const reading = parseIdentityCenter({ ...scimEvent('DeleteUser'), source });

    expect(reading).toMatchObject({ kind: 'report', people: [[prefixed, bare]], source });
  },
);

test.each([
  ['id and tenantId', { id: bare, tenantId: 'd-93670dc30f' }, [prefixed, bare]],
  ['id alone', { id: bare, tenantId: 'xxxx' }, [bare]],
  ['the names of the public API', { userId: bare, identityStoreId: 'd-93670dc30f', id: 'x' }, [prefixed, bare]],
])('a SCIM event names the user by %s', (_what, requestParameters, identities) => {
  const event = changed(scimEvent('PutUser'), { 'detail.requestParameters': requestParameters });

  expect(parseIdentityCenter(event)).toMatchObject({
    kind: 'status-change',
    user: { userId: bare },
    report: { people: [identities] },
  });
});

test('a SCIM event whose user cannot be read is invalid', () => {
  const event = changed(scimEvent('PatchUser'), { 'detail.requestParameters.id': 'xxxx' });

  expect(parseIdentityCenter(event)).toEqual({
    kind: 'invalid',
    field: 'detail.requestParameters.userId',
    rule: 'must be the id of a user',
  });
});

test.each([
  [{ userId: 'john.doe@example.com' }, 'detail.requestParameters.userId', 'must be the id of a user'],
  [{ userId: `${bare} ${bare}` }, 'detail.requestParameters.userId', 'must be the id of a user'],
  [{ userId: [bare] }, 'detail.requestParameters.userId', 'must be a string'],
  [{}, 'detail.requestParameters.userId', 'is missing'],
  [null, 'detail.requestParameters', 'must be an object'],
])('names the error in the parameters %j', (requestParameters, field, rule) => {
  const reading = parseWith('requestParameters', requestParameters);

  expect(reading).toEqual({ kind: 'invalid', field, rule });
});

test.each([
  { source: 'com.example.hr' },
  { 'detail-type': 'AWS Console Sign In via CloudTrail' },
  { 'detail.eventSource': 'iam.amazonaws.com' },
])('ignores an event with %j', (change) => {
  expect(parseIdentityCenter(changed(identityCenterEvent, change))).toBeUndefined();
});

const role = 'arn:aws:sts::111122223333:assumed-role/Admin/john.doe';

test.each([
  ['a role', { type: 'AssumedRole', arn: role, principalId: 'AROAEXAMPLEID:john.doe' }, { id: role }],
  [
    'a user of IAM',
    { type: 'IAMUser', principalId: 'AIDAEXAMPLEID', userName: 'john' },
    { id: 'AIDAEXAMPLEID', name: 'john' },
  ],
  ['a user of Identity Center', { type: 'IdentityCenterUser', onBehalfOf: { userId: bare } }, { id: bare }],
  ['a client of SCIM', { type: 'Unknown', accessKeyId: 'c5b559a7' }, { id: 'c5b559a7' }],
  ['nobody', {}, undefined],
  ['something else', ['root'], undefined],
  ['odd values', { arn: 7, onBehalfOf: null, principalId: 'p', userName: {} }, { id: 'p' }],
])('the actor may be %s, and never makes an event invalid', (_, userIdentity, actor) => {
  const reading = parseWith('userIdentity', userIdentity);

  expect(reading).toMatchObject({ kind: 'report' });
  expect((reading as { readonly actor?: unknown }).actor).toEqual(actor);
});
