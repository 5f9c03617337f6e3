import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { parseCaller } from '../../../functions/http/caller.ts';

const callerOf = (authorizer: unknown) =>
  parseCaller({ requestContext: { authorizer } } as unknown as APIGatewayProxyEventV2);

test('names a role and its unique id, without the session name that the caller chose', () => {
  const iam = {
    userArn: 'arn:aws:sts::111122223333:assumed-role/SecurityDesk/anything-i-like',
    userId: 'AROAEXAMPLEID:anything-i-like',
  };

  expect(callerOf({ iam })).toBe('arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID');
});

test('names an IAM user', () => {
  const iam = { userArn: 'arn:aws:iam::111122223333:user/ops/desk', userId: 'AIDAEXAMPLEID' };

  expect(callerOf({ iam })).toBe('arn:aws:iam::111122223333:user/ops/desk AIDAEXAMPLEID');
});

test.each([
  [{ sub: 'auth0|desk', client_id: 'app' }, 'auth0|desk'],
  [{ client_id: 'nightly-job' }, 'nightly-job'],
])('names the subject of a token, or its client', (claims, caller) => {
  expect(callerOf({ jwt: { claims, scopes: null } })).toBe(caller);
});

test.each([undefined, {}, { iam: {} }, { jwt: { claims: {} } }, { lambda: { sub: 'x' } }])(
  'says so when the event brings no identity: %j',
  (authorizer) => {
    expect(callerOf(authorizer)).toBe('unidentified');
  },
);
