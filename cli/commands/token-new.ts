import { Option } from 'commander';
import {
  newProviderToken,
  type ProviderKind,
  providerKinds,
  providerNamePattern,
} from '../../functions/identity-providers/identity-providers.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';

/** Where a provider of each kind calls, and where its administrator enters the token. */
const calls = {
  webhook: { path: '/offboarding', token: 'Send the header "Authorization: Bearer <token>".' },
  'okta-event-hook': {
    path: '/okta-event-hook',
    token: 'Authentication field: Authorization. Authentication secret: Bearer <token>',
  },
  scim: {
    path: '/scim/v2',
    token: 'Enter the token as the secret or bearer token of the SCIM connection.',
  },
} as const satisfies Record<ProviderKind, object>;

export const tokenNewCommand = defineCommand<{ readonly kind: ProviderKind }>({
  usage: 'token new <name>',
  summary:
    'Make a bearer token for an identity provider (webhook, Okta event hook, SCIM) and its digest for the configuration.',
  details: `The token is shown once and stored nowhere: put it into the identity provider. Only the digest goes into the
configuration. To replace a token, add the new digest beside the old one, deploy, change the token at the identity
provider, then remove the old digest.`,
  options: [
    new Option('--kind <kind>', 'how the identity provider reports leavers').choices(providerKinds).default('webhook'),
  ],
  examples: ['token new hr', 'token new entra --kind scim', 'token new okta --kind okta-event-hook'],
  run: async (session, { kind }, [name = '']) => {
    if (!providerNamePattern.test(name))
      throw new UsageError(
        'The name of an identity provider must be 1 to 16 lower-case letters, digits and hyphens, as in hr.',
      );
    const { token, sha256 } = newProviderToken();
    const call = calls[kind];
    if (session.options.json) session.printJson({ name, kind, path: call.path, token, tokenSha256: sha256 });
    else {
      session.print(token);
      session.note(`
The line above is the token of ${name}. It is shown only now.
Add its digest to the configuration and deploy:

  "identityProviders": { "${name}": { "kind": "${kind}", "tokenSha256": ["${sha256}"] } }

Address at the identity provider: the output Endpoint of the stack, with ${call.path} after it.
${call.token}`);
    }
    return true;
  },
});
