import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Log } from '../platform/log.ts';
import type { AccessEnvironment } from '../platform/settings.ts';
import { parseJson } from '../platform/unknown-values.ts';
import { apiRouteKeyOf, isOfDesk, memberOf, verifiedClaimsOf } from './claims.ts';
import { decodeBody } from './request.ts';
import { problemDetails, problemResponse } from './response.ts';
import { type Capability, capabilities, routeKeyOf, routes } from './routes.ts';

type Rules = NonNullable<AccessEnvironment['deskAllow']>;
type Rule = NonNullable<Rules[Capability]>;

/** The scopes of a token: a text, separated by spaces (RFC 9068), or a list, as Okta's `scp`. */
const scopesOf = (claims: unknown): readonly unknown[] =>
  [memberOf(claims, 'scope'), memberOf(claims, 'scp')].flatMap((scopes) =>
    typeof scopes === 'string' ? scopes.split(' ') : Array.isArray(scopes) ? scopes : [],
  );

/** Values are compared as a whole. A text that holds a value among others is another value. */
const satisfies = (rule: Rule, claims: unknown): boolean => {
  if (typeof rule === 'string') return rule === 'everybody';
  if ('scope' in rule) return scopesOf(claims).includes(rule.scope);
  const value = [rule.claim].flat().reduce(memberOf, claims);
  return [value].flat().some((one) => typeof one === 'string' && rule.anyOf.includes(one));
};

/** What somebody with these claims may do; nothing without a verified token. */
export const allowedBy = (rules: Rules, claims: unknown): readonly Capability[] =>
  capabilities.filter((capability) => {
    const rule = rules[capability];
    return claims !== undefined && rule !== undefined && satisfies(rule, claims);
  });

const what = {
  read: 'See instances, states and runs, and start drills',
  logout: 'Log one instance out',
  runs: 'Start and stop runs',
} as const satisfies Record<Capability, string>;

const requirementOf = (rule: Rule | undefined): string => {
  if (rule === undefined) return 'this deployment allows it to nobody';
  if (rule === 'everybody') return 'a token that can be read';
  if ('scope' in rule) return `the scope ${JSON.stringify(rule.scope)}`;
  const values = rule.anyOf.map((value) => JSON.stringify(value)).join(' or ');
  return `the value ${values} in the claim ${JSON.stringify([rule.claim].flat().join('.'))}`;
};

/** What somebody needs for a capability, as a sentence. */
export const missingSentence = (rules: Rules, capability: Capability): string =>
  `${what[capability]}: ${requirementOf(rules[capability])}.`;

const roleMissing = (rules: Rules, capability: Capability): APIGatewayProxyStructuredResultV2 =>
  problemResponse({
    code: 'role-missing',
    status: 403,
    title: 'Your sign-in does not allow this',
    detail: `${missingSentence(rules, capability)} Ask the administrator of your sign-in for it. Then sign in again.`,
    members: { capability },
  });

/** A drill logs nobody out. */
const isDrill = (event: APIGatewayProxyEventV2): boolean => memberOf(parseJson(decodeBody(event)), 'dryRun') === true;

const capabilityFor = (event: APIGatewayProxyEventV2): Capability => {
  const key = apiRouteKeyOf(event);
  // A route that is not in the table takes the highest.
  const takes = routes.find((route) => routeKeyOf(route) === key)?.takes ?? 'runs';
  return key === 'POST /forced-logouts' && isDrill(event) ? 'read' : takes;
};

/**
 * Answers 403 to a caller whose token does not allow the route. Without rules for callers with a JWT, the gateway alone decides
 * about them, and IAM about callers that sign. The desk is closed without rules.
 */
export const checkAccess = ({
  deskAllow,
  jwtAllow,
}: Partial<AccessEnvironment> = {}): middy.MiddlewareObj<
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2
> => ({
  before: ({ event }) => {
    const rules = isOfDesk(event) ? (deskAllow ?? {}) : jwtAllow;
    if (rules === undefined) return undefined;
    const capability = capabilityFor(event);
    return allowedBy(rules, verifiedClaimsOf(event)).includes(capability) ? undefined : roleMissing(rules, capability);
  },
});

/** What every function of the API depends on. */
export type ApiDependencies = { readonly access?: AccessEnvironment; readonly log: Log };

/** A function of the API. It has no time limit of middy's: its own deadline leaves time to record evidence before it answers. */
export const createApiHandler = (
  { access, log }: ApiDependencies,
  answer: (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>,
) =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .use(problemDetails(log))
    .use(checkAccess(access))
    .handler(answer);
