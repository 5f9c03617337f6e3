import type { AnyRoute } from '../../functions/http/routes.ts';
import { newProviderToken } from '../../functions/identity-providers/identity-providers.ts';
import { type Configuration, parseConfiguration } from '../../infra/configuration/configuration.ts';
import type { Handle } from '../../loopback/loopback-server.ts';
import { matchRoute } from './http-event.ts';

export type LocalProviders = {
  readonly identityProviders: Configuration['identityProviders'];
  /** By name, the tokens of the demo providers; empty if the configuration has providers of its own. */
  readonly demoTokens: Readonly<Record<string, string>>;
};

const demoKinds = { 'demo-hr': 'webhook', 'demo-okta': 'okta-event-hook', 'demo-scim': 'scim' } as const;

/** The providers of the configuration, or else a demo provider of each kind with a token for this start only. */
export const findProviders = ({ identityProviders }: Pick<Configuration, 'identityProviders'>): LocalProviders => {
  if (Object.keys(identityProviders).length > 0) return { identityProviders, demoTokens: {} };
  const demo = Object.entries(demoKinds).map(([name, kind]) => ({ name, kind, ...newProviderToken() }));
  const configured = demo.map(({ name, kind, sha256 }) => [name, { kind, tokenSha256: [sha256] }]);
  return {
    identityProviders: parseConfiguration({ identityProviders: Object.fromEntries(configured) }).identityProviders,
    demoTokens: Object.fromEntries(demo.map(({ name, token }) => [name, token])),
  };
};

/** Identity providers and the desk have their own tokens, so their requests need no start token: they bypass the console. */
export const bypassConsole =
  (routes: readonly AnyRoute[], gateway: Handle, next: Handle): Handle =>
  (request, response) => {
    const hasOwnToken = matchRoute(routes, request.method ?? '', request.url?.split('?')[0] ?? '/') !== undefined;
    return (hasOwnToken ? gateway : next)(request, response);
  };
