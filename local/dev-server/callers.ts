import { newCallerToken } from '../../cli/caller-token.ts';
import { callerRoutes } from '../../functions/http/routes.ts';
import type { Configuration } from '../../infra/configuration/configuration.ts';
import type { Handle } from '../emulators/loopback-server.ts';
import { matchRoute } from './http-event.ts';

type IdentityProviders = Configuration['identityProviders'];

export type LocalCallers = {
  readonly identityProviders: IdentityProviders;
  /** By name, the tokens of the demo callers; empty if the configuration has callers of its own. */
  readonly demoTokens: Readonly<Record<string, string>>;
};

const demoKinds = { 'demo-hr': 'webhook', 'demo-okta': 'okta-event-hook', 'demo-scim': 'scim' } as const;

/** The callers of the configuration, or else a demo caller of each kind with a token for this start only. */
export const findCallers = ({ identityProviders }: Pick<Configuration, 'identityProviders'>): LocalCallers => {
  if (Object.keys(identityProviders).length > 0) return { identityProviders, demoTokens: {} };
  const demo = Object.entries(demoKinds).map(([name, kind]) => ({ name, kind, ...newCallerToken() }));
  return {
    identityProviders: Object.fromEntries(
      demo.map(({ name, kind, sha256 }) => [name, { kind, tokenSha256: [sha256], maxPerHour: 50 }]),
    ),
    demoTokens: Object.fromEntries(demo.map(({ name, token }) => [name, token])),
  };
};

/** The routes of the kinds that there are callers of, as a stack has them. */
export const routesOfCallers = (identityProviders: IdentityProviders) => {
  const kinds = new Set(Object.values(identityProviders).map(({ kind }) => kind));
  return callerRoutes.filter(({ kind }) => kinds.has(kind));
};

/** Callers prove themselves by their own tokens, so their requests need no start token: they pass by the console. */
export const passCallers =
  (routes: ReturnType<typeof routesOfCallers>, gateway: Handle, next: Handle): Handle =>
  (request, response) => {
    const isCaller = matchRoute(routes, request.method ?? '', request.url?.split('?')[0] ?? '/') !== undefined;
    return (isCaller ? gateway : next)(request, response);
  };
