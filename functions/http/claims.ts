import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { parseJson } from '../platform/unknown-values.ts';
import { deskPath } from './routes.ts';

/** What an object has under this very name. */
export const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** The text at the end of a way through objects; `undefined` if there is none, or something else. */
export const textAt = (value: unknown, ...names: readonly string[]): string | undefined => {
  const found = names.reduce(memberOf, value);
  return typeof found === 'string' ? found : undefined;
};

const bearer = /^(?:bearer +)?[\w-]+\.(?<payload>[\w-]+)\.[\w-]+$/i;

/**
 * The claims of the bearer token that the gateway's JWT authorizer has verified for this request; `undefined` if there was none.
 *
 * The authorizer hands claims over as text: a list becomes `[a b]`, in which one group named `a b` looks like two. So they are
 * read from the payload itself. The issuer and the subject must be those that the authorizer saw. Two headers of the same name
 * arrive joined by a comma, which no token has.
 */
export const verifiedClaimsOf = ({ headers, requestContext }: APIGatewayProxyEventV2): unknown => {
  const verified = ['authorizer', 'jwt', 'claims'].reduce(memberOf, requestContext as unknown);
  const payload = bearer.exec(headers.authorization ?? '')?.groups?.payload;
  if (verified === undefined || payload === undefined) return undefined;

  const claims = parseJson(Buffer.from(payload, 'base64url').toString());
  const isSame = (name: string) => memberOf(claims, name) === memberOf(verified, name);
  return memberOf(claims, 'iss') !== undefined && isSame('iss') && isSame('sub') ? claims : undefined;
};

const deskPrefix = new RegExp(`(?<=^[A-Z]+ )${deskPath}(?=/)`);

/** Whether a request came by a route of the desk. The gateway alone sets the key of the route. */
export const isOfDesk = ({ routeKey }: Pick<APIGatewayProxyEventV2, 'routeKey'>): boolean => deskPrefix.test(routeKey);

/** The key of the route of the API, for a request of the desk too. */
export const apiRouteKeyOf = ({ routeKey }: Pick<APIGatewayProxyEventV2, 'routeKey'>): string =>
  routeKey.replace(deskPrefix, '');
