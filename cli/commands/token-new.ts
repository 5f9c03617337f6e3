import { providerNamePattern } from '../../functions/identity-providers/identity-providers.ts';
import { defineCommand } from '../command.ts';
import { exitCodes, UsageError } from '../errors.ts';
import { newProviderToken } from '../provider-token.ts';

export const tokenNewCommand = defineCommand({
  usage: 'token new <name>',
  summary:
    'Make a bearer token for an identity provider (webhook, Okta event hook, SCIM) and its digest for the configuration.',
  details: `The token is shown once and stored nowhere: put it into the identity provider. Only the digest goes into the
configuration. To replace a token, add the new digest beside the old one, deploy, change the token at the identity
provider, then remove the old digest.`,
  examples: ['token new hr'],
  run: async (session, _options, [name = '']) => {
    if (!providerNamePattern.test(name))
      throw new UsageError(
        'The name of an identity provider must be 1 to 16 lower-case letters, digits and hyphens, as in hr.',
      );
    const { token, sha256 } = newProviderToken();
    if (session.options.json) session.printJson({ name, token, tokenSha256: sha256 });
    else {
      session.print(token);
      session.note(`
The line above is the token of ${name}. It is shown only now.
Add its digest to the configuration, with the kind that fits (webhook, okta-event-hook or scim), and deploy:

  "identityProviders": { "${name}": { "kind": "webhook", "tokenSha256": ["${sha256}"] } }`);
    }
    return exitCodes.done;
  },
});
