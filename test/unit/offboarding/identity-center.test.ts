import { parseIdentityCenter } from '../../../functions/offboarding/identity-center.ts';
import { changed, identityCenterEvent } from '../../support/offboarding-events.ts';

const parseWith = (field: string, value: unknown) =>
  parseIdentityCenter(changed(identityCenterEvent, { [`detail.${field}`]: value }));

const prefixed = '93670dc30f-6d321996-eab8-4d2e-9f41-0db53b051a5b';
const bare = '6d321996-eab8-4d2e-9f41-0db53b051a5b';

test('reads who was disabled from the sample, by the id with and without its prefix', () => {
  expect(parseIdentityCenter(identityCenterEvent)).toEqual({
    kind: 'departure',
    people: [[prefixed, bare]],
    reason: 'DisableUser in IAM Identity Center',
    source: 'aws.sso-directory',
    id: '02ff70e0-d0ac-4284-bb43-7166c247bd52',
    occurredAt: '2023-04-08T15:36:49Z',
  });
});

test('reads DeleteUser of the public API', () => {
  const event = changed(identityCenterEvent, {
    source: 'aws.identitystore',
    'detail.eventSource': 'identitystore.amazonaws.com',
    'detail.eventName': 'DeleteUser',
  });

  expect(parseIdentityCenter(event)).toMatchObject({ kind: 'departure', reason: 'DeleteUser in IAM Identity Center' });
});

test.each([
  ['d-93670dc30f', [prefixed, bare]],
  [undefined, [bare]],
  ['d-not-a-store', [bare]],
  [{ toString: 'd-93670dc30f' }, [bare]],
])('gives an id without prefix that of the identity store %j', (identityStoreId, identities) => {
  const reading = parseWith('requestParameters', { userId: bare, identityStoreId });

  expect(reading).toMatchObject({ people: [identities] });
});

test.each(['EnableUser', 'CreateUser', 'disableuser'])('%s logs nobody out', (eventName) => {
  const reading = parseWith('eventName', eventName);

  expect(reading).toEqual({ kind: 'not-an-offboarding', why: 'its eventName is not an offboarding' });
});

test.each(['AccessDenied', '', null])('an event with the errorCode %j logs nobody out', (errorCode) => {
  const reading = parseWith('errorCode', errorCode);

  expect(reading).toEqual({ kind: 'not-an-offboarding', why: 'it has an errorCode: it was refused' });
});

test.each([
  [{ userId: 'john.doe@example.com' }, 'detail.requestParameters.userId must be the id of a user'],
  [{ userId: `${bare} ${bare}` }, 'detail.requestParameters.userId must be the id of a user'],
  [{ userId: [bare] }, 'detail.requestParameters.userId must be a text'],
  [{}, 'detail.requestParameters.userId is missing'],
  [null, 'detail.requestParameters must be an object'],
])('says what is wrong with the parameters %j', (requestParameters, problem) => {
  const reading = parseWith('requestParameters', requestParameters);

  expect(reading).toEqual({ kind: 'invalid', problem });
});

test.each([
  { source: 'com.example.hr' },
  { 'detail-type': 'AWS Console Sign In via CloudTrail' },
  { 'detail.eventSource': 'iam.amazonaws.com' },
])('leaves an event with %j to others', (change) => {
  expect(parseIdentityCenter(changed(identityCenterEvent, change))).toBeUndefined();
});
