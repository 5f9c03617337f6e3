import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import type { Evidence } from '../logout/evidence.ts';
import { defined } from '../platform/defined.ts';
import { isOfDesk, memberOf, verifiedClaimsOf } from './claims.ts';

/** Who sent a request, for evidence. Only `requestedBy` takes part in idempotency. */
type Caller = Pick<Evidence, 'requestedBy' | 'session' | 'email' | 'person'>;

const claims = v.object({ email: v.exactOptional(v.string()) });

const authorizerSchema = v.union([
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
  v.object({ iam: v.object({ userArn: v.string(), userId: v.string() }) }),
  v.object({ jwt: v.object({ claims: v.object({ ...claims.entries, sub: v.string() }) }) }),
  v.object({ jwt: v.object({ claims: v.object({ ...claims.entries, client_id: v.string() }) }) }),
]);

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
  const textIn = (...names: readonly string[]) =>
    names.map((name) => memberOf(claims, name)).find((value) => typeof value === 'string');
  const [issuer, subject, email] = [textIn('iss'), textIn('sub'), textIn('email')];
  if (issuer === undefined || subject === undefined) return { requestedBy: 'unidentified' };
  // Entra ID and Keycloak put the user name into access tokens.
  const name = textIn('name', 'preferred_username');
  const session = { name: 'desk', setBy: 'desk' } as const;
  return defined({ requestedBy: subject, session, email, person: defined({ issuer, name }) });
};

/** The caller in one text, for what keeps no more. A subject at the desk says nothing without its issuer. */
export const nameOfCaller = ({ requestedBy, email, person }: Caller): string =>
  person === undefined ? requestedBy : [requestedBy, person.name, email, person.issuer].filter(Boolean).join(' ');

/** Reads the caller from what the gateway's authorizer found, never from the body. */
export const parseCaller = (event: APIGatewayProxyEventV2): Caller => {
  if (isOfDesk(event)) return personAtDesk(verifiedClaimsOf(event));
  const authorizer = v.safeParse(
    authorizerSchema,
    'authorizer' in event.requestContext ? event.requestContext.authorizer : undefined,
  );
  // The deployed gateway authorizes every route. Only an event from elsewhere comes here.
  if (!authorizer.success) return { requestedBy: 'unidentified' };
  if ('iam' in authorizer.output) return callerOfRole(authorizer.output.iam.userArn, authorizer.output.iam.userId);
  const { email, ...subject } = authorizer.output.jwt.claims;
  return defined({ requestedBy: 'sub' in subject ? subject.sub : subject.client_id, email });
};
