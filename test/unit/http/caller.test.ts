import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { parseCaller } from '../../../functions/http/caller.ts';

const callerOf = (authorizer: unknown) =>
  parseCaller({ requestContext: { authorizer } } as unknown as APIGatewayProxyEventV2);

test('names a role and its unique id, and marks a session name that the caller chose', () => {
  const iam = {
    userArn: 'arn:aws:sts::111122223333:assumed-role/SecurityDesk/anything-i-like',
    userId: 'AROAEXAMPLEID:anything-i-like',
  };

  expect(callerOf({ iam })).toEqual({
    requestedBy: 'arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID',
    session: { name: 'anything-i-like', setBy: 'caller' },
  });
});

test('names the person who signed in through IAM Identity Center', () => {
  const role = 'AWSReservedSSO_SecurityDesk_0123456789abcdef';
  const iam = {
    userArn: `arn:aws:sts::111122223333:assumed-role/${role}/john.doe@example.com`,
    userId: 'AROAEXAMPLEID:john.doe@example.com',
  };

  expect(callerOf({ iam })).toEqual({
    requestedBy: `arn:aws:sts::111122223333:assumed-role/${role} AROAEXAMPLEID`,
    session: { name: 'john.doe@example.com', setBy: 'identity-center' },
  });
});

test('names an IAM user', () => {
  const iam = { userArn: 'arn:aws:iam::111122223333:user/ops/desk', userId: 'AIDAEXAMPLEID' };

  expect(callerOf({ iam })).toEqual({ requestedBy: 'arn:aws:iam::111122223333:user/ops/desk AIDAEXAMPLEID' });
});

test.each([
  [{ sub: 'auth0|desk', client_id: 'app' }, { requestedBy: 'auth0|desk' }],
  [{ client_id: 'nightly-job' }, { requestedBy: 'nightly-job' }],
  [
    { sub: 'a1', email: 'john.doe@example.com' },
    { requestedBy: 'a1', email: 'john.doe@example.com' },
  ],
])('names the subject of a token, or its client', (claims, caller) => {
  expect(callerOf({ jwt: { claims, scopes: null } })).toEqual(caller);
});

test.each([undefined, {}, { iam: {} }, { jwt: { claims: {} } }, { lambda: { sub: 'x' } }])(
  'reports that the event has no identity: %j',
  (authorizer) => {
    expect(callerOf(authorizer)).toEqual({ requestedBy: 'unidentified' });
  },
);
