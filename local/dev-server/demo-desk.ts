import { createAuthorizer } from '../../emulators/openid/authorizer.ts';
import { startOpenIdProvider } from '../../emulators/openid/provider.ts';
import { deskPath } from '../../functions/http/routes.ts';
import { writeVariables } from '../../functions/platform/environment.ts';
import { accessSettings, deskSettings, stack } from '../../functions/platform/settings.ts';

const clientId = 'demo-desk';

const roles = { read: 'whatsapp-read', logout: 'whatsapp-logout', runs: 'whatsapp-runs' } as const;

const people = {
  ann: { name: 'Ann Lee', email: 'ann@example.com', roles: Object.values(roles) },
  john: { name: 'John Doe', email: 'john.doe@example.com', roles: [roles.read] },
};

const byRole = (role: string) => ({ claim: 'roles', anyOf: [role] });

/**
 * Starts a provider to sign in at.
 *
 * @param url of the local service
 * @returns what the functions need for the desk, and what the gateway checks its tokens with
 */
export const startDemoDesk = async (url: string) => {
  const redirectUris = [url, url.replace('127.0.0.1', 'localhost')].map((each) => `${each}${deskPath}`);
  const provider = await startOpenIdProvider({ clientId, redirectUris, people });
  const { issuer } = provider;
  return {
    issuer,
    authorize: createAuthorizer(issuer, [clientId], `${issuer}/jwks`),
    variables: {
      ...writeVariables(deskSettings, {
        desk: { issuer, clientId, scopes: ['openid', 'profile', 'email'], demo: true },
        stack: process.env[stack.variable] ?? stack.default,
      }),
      ...writeVariables(accessSettings, {
        deskAllow: { read: byRole(roles.read), logout: byRole(roles.logout), runs: byRole(roles.runs) },
        jwtAllow: undefined,
      }),
    },
    [Symbol.asyncDispose]: provider.close,
  };
};
