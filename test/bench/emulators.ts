import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { certificate } from '../support/certificate.ts';

export type Emulators = AsyncDisposable & {
  /** What makes a bundle speak to the emulators. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long GREEN-API takes from now on, in milliseconds. */
  readonly setAnswerDelay: (delayMs: number) => void;
};

const token = '0123456789abcdef'.repeat(4).slice(0, 50);

const startGreenApi = (delayMs: () => number) =>
  startLoopbackServer(
    async ({ url = '' }, response) => {
      if (delayMs() > 0) await sleep(delayMs());
      const answer = url.includes('/logout/') ? { isLogout: true } : { stateInstance: 'notAuthorized' };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    },
    { tls: certificate },
  );

const parseRead = (body: unknown) => body as { readonly SecretId?: string; readonly SecretIdList?: readonly string[] };

const startSecretsManager = (secretString: string) => {
  const secretOf = (Name: string) => ({ ARN: `arn:${Name}`, Name, SecretString: secretString, VersionId: 'one' });
  return startLoopbackServer(
    async (request, response) => {
      const { SecretId, SecretIdList = [] } = parseRead(await json(request));
      const answer = SecretId ? secretOf(SecretId) : { SecretValues: SecretIdList.map(secretOf), Errors: [] };
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    },
    { tls: certificate },
  );
};

const startEventBus = () =>
  startLoopbackServer(
    async (request, response) => {
      await json(request);
      const answer = { FailedEntryCount: 0, Entries: [{ EventId: 'one' }] };
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    },
    { tls: certificate },
  );

/** GREEN-API, Secrets Manager and an event bus over HTTPS, which answer every request, without limits: only the caller's time counts. */
export const startEmulators = async (): Promise<Emulators> => {
  let answerDelayMs = 0;
  const greenApi = await startGreenApi(() => answerDelayMs);
  const secretsManager = await startSecretsManager(JSON.stringify({ apiUrl: greenApi.url, apiTokenInstance: token }));
  const eventBus = await startEventBus();
  return {
    environment: {
      GREEN_API_URL: greenApi.url,
      GREEN_API_TOKEN: token,
      ALLOWED_API_HOSTS: greenApi.host,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: eventBus.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: 'local',
    },
    setAnswerDelay: (delayMs) => {
      answerDelayMs = delayMs;
    },
    [Symbol.asyncDispose]: async () => {
      await greenApi.close();
      await secretsManager.close();
      await eventBus.close();
    },
  };
};
