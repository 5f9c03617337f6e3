import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { Call } from '../../client/call.ts';
import { type ProviderKind, providerKinds } from '../../functions/identity-providers/identity-providers.ts';
import { createApi, isLoopback, signWithToken, successIn, valueIn } from '../api/api.ts';
import { loadConfigurationIfAny } from '../input/files.ts';
import { promptForSecret } from '../input/questions.ts';
import { isInteractive } from '../session.ts';
import { followToEnd } from './instance-steps.ts';
import { failed, notTried, ok, type Seen, type Smoke, type Step } from './step.ts';

type Provider = { readonly name: string; readonly kind: ProviderKind };

/** What the local service has if its configuration names none. */
const demoProviders: readonly Provider[] = [
  { name: 'demo-hr', kind: 'webhook' },
  { name: 'demo-okta', kind: 'okta-event-hook' },
  { name: 'demo-scim', kind: 'scim' },
];

/** Those of the stack, or else of the configuration. */
const findProviders = async ({ session, configuration }: Smoke): Promise<readonly Provider[]> => {
  if (session.options.stack !== undefined) {
    const text = (await session.outputs()).find('IdentityProviders') ?? '';
    return text.split(',').flatMap((pair) => {
      const [name = '', kind] = pair.split('=');
      return v.is(v.picklist(providerKinds), kind) ? [{ name, kind }] : [];
    });
  }
  const { identityProviders = {} } = (await loadConfigurationIfAny(configuration)) ?? {};
  const configured = Object.entries(identityProviders).map(([name, { kind }]) => ({ name, kind }));
  const { url } = await session.api();
  return configured.length === 0 && isLoopback(url) ? demoProviders : configured;
};

/** Calls as an identity provider does: with its own token, and unsigned. */
const callAs = (url: URL, token: string | undefined): Call => createApi(url, signWithToken(token)).call;

type Attempt = {
  readonly expected: string;
  /** What is refused without the token. */
  readonly request: Parameters<Call>[1];
  readonly run: (smoke: Smoke, call: Call) => Promise<Seen>;
};

/** What is sent of each kind. Nobody is logged out. */
const attempts: Readonly<Record<ProviderKind, Attempt>> = {
  webhook: {
    expected: 'a report as a dry run starts a run, which succeeds; without the token it is refused',
    request: { method: 'POST', path: '/offboarding', body: {} },
    run: async (smoke, call) => {
      const id = `smoke-${randomUUID()}`;
      const body = { id, owner: id, reason: smoke.reason, dryRun: true };
      const started = valueIn(await call(v.object({ id: v.string() }), { method: 'POST', path: '/offboarding', body }));
      return followToEnd(smoke, started.id);
    },
  },
  'okta-event-hook': {
    expected: "Okta's one-time verification is answered; without the token it is refused",
    request: { path: '/okta-event-hook' },
    run: async (_smoke, call) => {
      const challenge = randomUUID();
      const headers = { 'x-okta-verification-challenge': challenge };
      const schema = v.object({ verification: v.string() });
      const { verification } = valueIn(await call(schema, { path: '/okta-event-hook', headers }));
      return verification === challenge ? ok('the value came back') : failed('another value came back');
    },
  },
  scim: {
    expected: 'a search for a user who does not exist finds nobody; without the token it is refused',
    request: { path: '/scim/v2/Users' },
    run: async (_smoke, call) => {
      const query = { filter: `userName eq "smoke-${randomUUID()}@example.com"` };
      const { totalResults } = valueIn(
        await call(v.object({ totalResults: v.number() }), { path: '/scim/v2/Users', query }),
      );
      return totalResults === 0 ? ok('0 users found') : failed(`${totalResults} users found`);
    },
  },
};

const tryProvider = async (smoke: Smoke, { name, kind }: Provider): Promise<Seen> => {
  const { session } = smoke;
  if (!isInteractive(session.terminal)) return notTried('there is no terminal to ask for its token');
  const token = await promptForSecret(session, `Token of the identity provider ${name} (empty: it is not tried):`);
  if (token === '') return notTried('no token was given');
  const { url } = await session.api();
  const refused = await callAs(url, undefined)(v.unknown(), attempts[kind].request);
  if (refused.kind !== 'problem') {
    successIn(refused);
    return failed('without the token the answer is a success');
  }
  if (refused.status !== 401) return failed(`without the token the answer is ${refused.status}`);
  const seen = await attempts[kind].run(smoke, callAs(url, token));
  return { ...seen, seen: `${seen.seen}; without the token 401` };
};

const noProviders: Step = {
  name: 'identity providers',
  expected: 'each answers to its token',
  run: async () => notTried('none is configured'),
};

export const providerSteps = async (smoke: Smoke): Promise<readonly Step[]> => {
  const providers = await findProviders(smoke);
  if (providers.length === 0) return [noProviders];
  return providers.map((provider) => ({
    name: `identity provider ${provider.name} (${provider.kind})`,
    expected: attempts[provider.kind].expected,
    run: () => tryProvider(smoke, provider),
  }));
};
