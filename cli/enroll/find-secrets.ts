import { Option } from 'commander';
import * as v from 'valibot';
import { type ApiUrl, createParseApiUrl } from '../../functions/green-api/api-url.ts';
import { parseJsonAs } from '../../functions/platform/unknown-values.ts';
import { isLoopback, parseApiAddress } from '../api/api.ts';
import type { AwsSettings } from '../aws/call-aws.ts';
import { UsageError } from '../errors.ts';
import { collect } from '../input/options.ts';
import type { Session } from '../session.ts';

/** Options of the commands that read a secret and send its token to GREEN-API. */
export const secretOptions = (): readonly Option[] => [
  new Option('--prefix <text>', 'what the names of the secrets begin with (default: that of the stack, or green-api/)'),
  new Option(
    '--allow-host <host>',
    'a further host that a token may be sent to (default: those of the stack)',
  ).argParser(collect),
];

/** Where the secrets of a deployment are, and where their tokens may go. */
export type Secrets = {
  readonly aws: AwsSettings;
  readonly secretPrefix: string;
  /** The allow-list of addresses. */
  readonly parseApiUrl: (text: string) => ApiUrl | undefined;
  /** The address of an instance that is given none, if it is not GREEN-API's own. */
  readonly apiUrl?: string;
  /** In words, so that a wrong profile is noticed before anything is done. */
  readonly describePlace: () => Promise<string>;
  /** Key of new secrets. */
  readonly kmsKey?: string | undefined;
};

export type SecretsOptions = {
  readonly prefix?: string;
  readonly allowHost?: readonly string[];
  readonly kmsKey?: string;
};

const emulatorsSchema = v.object({ secretsManager: v.string(), greenApi: v.string(), secretPrefix: v.string() });

/** The local service at `url`, unless somebody has an emulator of their own or means a stack. */
const localService = ({ options: { url, stack }, terminal: { env } }: Session): URL | undefined => {
  const address = url === undefined || stack !== undefined ? undefined : parseApiAddress(url);
  const isElsewhere = Boolean(env.AWS_ENDPOINT_URL_SECRETS_MANAGER || env.AWS_ENDPOINT_URL);
  return address !== undefined && isLoopback(address) && !isElsewhere ? address : undefined;
};

const timeoutMs = 5_000;

/** @throws UsageError if nothing is practised there: AWS would be written to */
const readEmulators = async (service: URL): Promise<Secrets> => {
  const answer = await fetch(new URL('/emulators', service), {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => undefined);
  const emulators = parseJsonAs(emulatorsSchema, await answer?.text());
  if (emulators === undefined)
    throw new UsageError(
      `${service.origin} is not a local service with emulators. Start one with npm start, or leave out --url to use the secrets in AWS.`,
    );
  const { secretsManager, greenApi, secretPrefix } = emulators;
  // A real token, or a real address, in a file to practise with must not reach GREEN-API.
  const parseLocal = createParseApiUrl([new URL(greenApi).host]);
  return {
    aws: {
      region: 'us-east-1',
      endpoint: secretsManager,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
    secretPrefix,
    describePlace: async () => 'the local service',
    apiUrl: greenApi,
    parseApiUrl: (text) => (text.startsWith(greenApi) ? parseLocal(text) : undefined),
  };
};

/** The secrets of the local service, or of a deployment as its stack and the options describe it. @throws UsageError */
export const findSecrets = async (session: Session, options: SecretsOptions): Promise<Secrets> => {
  const service = localService(session);
  if (service !== undefined) return readEmulators(service);
  const { prefix, allowHost = [], kmsKey } = options;
  const outputs = session.options.stack === undefined ? undefined : await session.outputs();
  const hosts = outputs?.find('AllowedApiHosts')?.split(',') ?? [];
  return {
    aws: session.aws,
    describePlace: async () => {
      const { readIdentity } = await import('../aws/find-settings.ts');
      return `AWS account ${(await readIdentity(session.aws)).account}`;
    },
    secretPrefix: prefix ?? outputs?.find('SecretPrefix') ?? 'green-api/',
    parseApiUrl: createParseApiUrl([...hosts, ...allowHost].map((host) => host.trim().toLowerCase())),
    kmsKey: kmsKey ?? outputs?.find('EncryptionKey'),
  };
};
