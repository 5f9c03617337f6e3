import { createGreenApi } from '../../functions/green-api/client.ts';
import type { ApiToken } from '../../functions/green-api/credential.ts';
import { createSendGet } from '../../functions/green-api/exchange.ts';
import type { InstanceId } from '../../functions/green-api/instance-id.ts';
import { createRateLimiter } from '../../functions/green-api/rate-limiter.ts';
import { stateClassOf } from '../../functions/green-api/vocabulary.ts';
import { isProtected, tagValue } from '../../functions/instances/directory.ts';
import { parseCredential } from '../../functions/instances/parse-credential.ts';
import { deadlineIn } from '../../functions/platform/deadline.ts';
import { parseJson } from '../../functions/platform/unknown-values.ts';
import { findSecrets, type SecretsOptions } from '../enroll/find-secrets.ts';
import { createSecretStore, type SecretStore } from '../enroll/secret-store.ts';
import { retryPassing } from '../enroll/verify.ts';
import { CommandFailed, orFailure } from '../errors.ts';
import { promptForSecret } from '../input/questions.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';

type Found = {
  /** Of the secret. */
  readonly text: string;
  readonly owner?: string;
  /** Where its secret is, in words. */
  readonly place: string;
  /** Writes the secret as it is: the right to is proved before a token can be lost for want of it. @throws CommandFailed */
  readonly checkWriting?: () => Promise<unknown>;
  /** Writes a new token into the secret; returns whether that succeeded. */
  readonly keepToken?: (token: ApiToken) => Promise<boolean>;
};

export type TargetOptions = SecretsOptions & { readonly askToken?: boolean; readonly apiUrl?: string };

const mostTries = 5;

/** Tried several times: a token that is not kept is lost. Other fields of the secret stay. */
export const createKeepToken =
  (store: { readonly write: (name: string, text: string) => Promise<unknown> }, name: string, text: string) =>
  async (token: ApiToken) => {
    const changed = JSON.stringify({ ...Object(parseJson(text)), apiTokenInstance: token });
    for (let tries = 1; tries <= mostTries; tries += 1)
      if (!((await orFailure(store.write(name, changed))) instanceof CommandFailed)) return true;
    return false;
  };

/** @throws CommandFailed for an instance that has no secret, or is protected */
const readSecret = async (store: SecretStore, name: string, place: string): Promise<Found> => {
  const secret = await store.describe(name);
  if (secret === undefined || secret.isDeleted)
    throw new CommandFailed(`There is no secret ${name} in ${place}. Enrol the instance first, or use --ask-token.`);
  const tags = [...secret.tags].map(([Key, Value]) => ({ Key, Value }));
  if (isProtected(tags)) throw new CommandFailed('The instance is protected, so it is not probed. Nothing was done.');
  const text = (await store.read(name)) ?? '';
  const owner = tagValue(tags, 'owner');
  return {
    text,
    place: `${name} in ${place}`,
    checkWriting: () => store.write(name, text),
    keepToken: createKeepToken(store, name, text),
    ...(owner !== undefined && { owner: printable(owner) }),
  };
};

const timeoutMs = 30_000;

/** Reads secret, tags and state of an instance. @throws CommandFailed if it cannot be probed */
export const readTarget = async (session: Session, idInstance: InstanceId, options: TargetOptions) => {
  const { askToken, apiUrl } = options;
  const secrets = await findSecrets(session, options);
  const address = apiUrl ?? secrets.apiUrl;
  const found: Found = askToken
    ? {
        text: JSON.stringify({
          apiTokenInstance: await promptForSecret(session, `apiTokenInstance of ${idInstance}:`),
          ...(address !== undefined && { apiUrl: address }),
        }),
        place: 'not read, so whether it is protected is not known',
      }
    : await readSecret(
        createSecretStore(secrets.aws),
        `${secrets.secretPrefix}${idInstance}`,
        await secrets.describePlace(),
      );
  const { text, ...about } = found;
  const parsed = parseCredential(text, secrets.parseApiUrl);
  if (parsed.kind === 'malformed') throw new CommandFailed(`The credential cannot be used: ${parsed.problem}.`);
  const { credential } = parsed;
  const greenApi = createGreenApi({ sendGet: createSendGet({ timeoutMs }), createRateLimiter });
  const state = await retryPassing(mostTries, () =>
    greenApi.readState({ idInstance, credential }, deadlineIn(timeoutMs)),
  );
  if (state.kind !== 'state')
    throw new CommandFailed(`Its state cannot be read, so nothing was done: ${state.kind}, ${state.detail}.`);
  const { stateInstance } = state;
  return { ...about, idInstance, credential, stateInstance, isLinked: stateClassOf(stateInstance) === 'linked' };
};

/** The one instance that a probe logs out. */
export type ProbeTarget = Awaited<ReturnType<typeof readTarget>>;
