import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Evidence } from '../logout/evidence.ts';
import { defined } from '../platform/defined.ts';
import { isOfDesk, textAt, verifiedClaimsOf } from './claims.ts';

/** Who sent a request, for evidence. Only `requestedBy` takes part in idempotency. */
type Caller = Pick<Evidence, 'requestedBy' | 'session' | 'email' | 'person'>;

const assumedRole = /^(?<role>arn:[^:]+:sts::[0-9]+:assumed-role\/(?<name>[^/]+))\/(?<session>.+)$/;

/** Roles of IAM Identity Center: https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html */
const identityCenterRole = /^AWSReservedSSO_/;

const callerOfRole = (userArn: string, userId: string): Caller => {
  const { role = userArn, name = '', session: of } = assumedRole.exec(userArn)?.groups ?? {};
  const setBy = identityCenterRole.test(name) ? 'identity-center' : 'caller';
  const session = of === undefined ? undefined : ({ name: of, setBy } as const);
  return defined({ requestedBy: `${role} ${userId.split(':')[0]}`, session });
};

const personAtDesk = (claims: unknown): Caller => {
  const [issuer, subject, email] = ['iss', 'sub', 'email'].map((name) => textAt(claims, name));
  if (issuer === undefined || subject === undefined) return { requestedBy: 'unidentified' };
  // Entra ID and Keycloak put the user name into access tokens.
  const name = textAt(claims, 'name') ?? textAt(claims, 'preferred_username');
  const session = { name: 'desk', setBy: 'desk' } as const;
  return defined({ requestedBy: subject, session, email, person: defined({ issuer, name }) });
};

/** The caller in one text, for what keeps no more. A subject at the desk says nothing without its issuer. */
export const nameOfCaller = ({ requestedBy, email, person }: Caller): string =>
  person === undefined ? requestedBy : [requestedBy, person.name, email, person.issuer].filter(Boolean).join(' ');

/**
 * Reads the caller from what the gateway's authorizer found, never from the body.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const parseCaller = (event: APIGatewayProxyEventV2): Caller => {
  if (isOfDesk(event)) return personAtDesk(verifiedClaimsOf(event));
  const found = (...names: readonly string[]) => textAt(event.requestContext, 'authorizer', ...names);
  const [userArn, userId] = [found('iam', 'userArn'), found('iam', 'userId')];
  if (userArn !== undefined && userId !== undefined) return callerOfRole(userArn, userId);
  const requestedBy = found('jwt', 'claims', 'sub') ?? found('jwt', 'claims', 'client_id');
  // The deployed gateway authorizes every route. Only an event from elsewhere comes here.
  if (requestedBy === undefined) return { requestedBy: 'unidentified' };
  return defined({ requestedBy, email: found('jwt', 'claims', 'email') });
};
