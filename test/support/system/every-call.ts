import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { startEventBus } from '../../../emulators/eventbridge/event-bus.ts';
import { startGreenApi } from '../../../emulators/green-api/emulator.ts';
import { startIdentityStore } from '../../../emulators/identity-store/emulator.ts';
import type { LambdaEvent } from '../../../emulators/lambda/options.ts';
import { startSecretsManager } from '../../../emulators/secrets-manager/emulator.ts';
import { userIdOf } from '../../../functions/scim/user-id.ts';
import { distFolder } from '../../../infra/bundling/dist-folder.ts';
import { httpEventOf } from '../http-event.ts';
import { startHarness } from '../lambda/harness.ts';
import { changed, customEvent, scimEvent } from '../offboarding-events.ts';
import { startS3 } from '../s3-double.ts';
import { startCallRecorder } from './call-recorder.ts';
import { type FunctionAnswer, startFunctions } from './functions.ts';

const ids = ['1101000001', '1101000002', '1101000003'] as const;
const tokenOf = (id: string) => id.padStart(50, 'a');
const owner = 'john.doe@example.com';
const bundleOf = (name: string) => join(distFolder, name, 'index.mjs');

const kinds = ['webhook', 'scim'] as const;
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const providers = Object.fromEntries(
  kinds.map((kind) => [kind, { kind, tokenSha256: [digest(kind)], maxPerHour: 50 }]),
);

const startEmulators = async (stack: AsyncDisposableStack, prefix: string) => {
  const instances = ids.map((idInstance) => ({ idInstance, apiTokenInstance: tokenOf(idInstance) }));
  const greenApi = stack.use(await startGreenApi({ enforceLimit: false, instances }));
  const secrets = ids.map((id) => ({
    name: `${prefix}${id}`,
    secretString: JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance: tokenOf(id) }),
    tags: { owner, group: 'night-shift' },
  }));
  const user = { identityStoreId: 'd-93670dc30f', userId: '6d321996-eab8-4d2e-9f41-0db53b051a5b', userName: owner };
  return {
    greenApi,
    secretsManager: stack.use(await startSecretsManager({ secrets })),
    identityStore: stack.use(await startIdentityStore({ users: [{ ...user, status: 'DISABLED' }] })),
    bus: stack.use(await startEventBus(() => {})),
    s3: stack.use(await startS3()),
  };
};

/** A request of the HTTP API. `POST /path` with parameters in braces. */
const route = (routeKey: string, path = '', body?: object, headers: Record<string, string> = {}) => {
  const [method = '', pattern = ''] = routeKey.split(' ');
  const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const pathParameters = Object.fromEntries(names.map((name) => [name, path]));
  const rawPath = pattern.replace(/\{\w+\}/, path);
  const event = httpEventOf({
    routeKey,
    rawPath,
    pathParameters,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  const requestContext = { ...event.requestContext, http: { method, path: rawPath }, domainName: 'api.example.com' };
  return { ...event, rawQueryString: '', requestContext };
};

const ofProvider = (kind: (typeof kinds)[number]) => ({ authorization: `Bearer ${kind}` });

const record = JSON.stringify({ message: 'evidence', version: 1, idInstance: ids[0] });
const logs = { messageType: 'DATA_MESSAGE', logEvents: [{ id: '36001', timestamp: 0, message: record }] };

/** What each function is called with, besides `run` and `watch`. The last run waits until it is stopped. */
const eventsOf = (prefix: string) => {
  const later = { at: new Date(Date.now() + 3_600_000).toISOString() };
  const target = { target: { group: 'night-shift' }, reason: 'test' };
  const schedule = { schedule: 'nightly', scheduledTime: new Date().toISOString(), ...target, dryRun: true };
  const step = (Step: string) => ({ Step, SecretId: `${prefix}${ids[2]}`, ClientRequestToken: 'a'.repeat(36) });
  const deactivation = { Operations: [{ op: 'replace', value: { active: false } }] };
  const patch = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], ...deactivation };
  const leaver = changed(customEvent, { 'detail.id': 'hr-1', 'detail.dryRun': true });
  return {
    logout: [route('POST /instances/{idInstance}/logout', ids[0], { rotateToken: true })],
    state: [route('GET /instances/{idInstance}/state', ids[0])],
    instances: [route('GET /instances')],
    schedule: [schedule],
    offboarding: [leaver, leaver, scimEvent('PatchUser')],
    webhook: [route('POST /offboarding', '', { id: 'hr-2', owner: 'jane@example.com' }, ofProvider('webhook'))],
    scim: [route('PATCH /scim/v2/Users/{id}', userIdOf(owner), patch, ofProvider('scim'))],
    'rotate-token': ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map(step),
    'evidence-vault': [{ awslogs: { data: gzipSync(JSON.stringify(logs)).toString('base64') } }],
    started: { ...target, rotateToken: true, watchDays: 1 },
    waiting: { ...target, ...later },
  };
};

const isEnd = (functionName: string, name: string) => (event: LambdaEvent) =>
  event.kind === 'history' &&
  event.execution.functionName === functionName &&
  event.execution.name === name &&
  /^Execution(?!Started)/.test(event.event.EventType ?? '');

type Answered = { readonly name: string; readonly answer: FunctionAnswer };

type Response = { readonly statusCode?: number; readonly body?: string };

const responseIn = ({ answer }: Answered): Response =>
  (answer.kind === 'answered' && (answer.answer as Response)) || {};

/** The id of the run in an answer of the API. */
const idIn = (answered: Answered): string => JSON.parse(responseIn(answered).body ?? '{}').id ?? '';

/** Whether a function did what it was called for. */
const isDone = (answered: Answered): boolean =>
  answered.answer.kind === 'answered' && (responseIn(answered).statusCode ?? 200) < 400;

/**
 * Lets every function do all that it does, as built bundles with all options on, each with an access key of its own.
 *
 * @param environmentOf what the functions find in their environment
 * @returns the calls of AWS, and the functions that did not do what they were called for
 */
export const recordEveryCall = async (environmentOf: (functionName: string) => Readonly<Record<string, string>>) => {
  await using stack = new AsyncDisposableStack();
  const { SECRET_PREFIX = '' } = environmentOf('logout');
  const { greenApi, secretsManager, identityStore, bus, s3 } = await startEmulators(stack, SECRET_PREFIX);
  const recorder = stack.use(
    await startCallRecorder({
      secretsmanager: () => secretsManager.url,
      lambda: () => lambda.url,
      events: () => bus.url,
      identitystore: () => identityStore.url,
      s3: () => s3.url,
    }),
  );
  const variablesOf = (name: string) => ({
    ...environmentOf(name),
    ALLOWED_API_HOSTS: greenApi.host,
    WARM_HOSTS: '',
    // With 0 nothing is read ahead.
    CREDENTIAL_TTL_MS: '300000',
    NAMED_CALLERS: JSON.stringify(providers),
    AWS_ENDPOINT_URL: recorder.url,
    AWS_ENDPOINT_URL_LAMBDA: recorder.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: name,
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const durable = (name: string, timeScale: number) => ({
    bundle: bundleOf(name),
    environment: () => variablesOf(name),
    executionTimeoutMs: 30 * 86_400_000,
    timeScale,
  });
  // Their waits, of half a minute and of a quarter of an hour, pass in a moment.
  const durables = { run: durable('run', 60), watch: durable('watch', 500) };
  const lambda = stack.use(await startHarness({ functions: durables }));

  const answers: Answered[] = [];
  const call = async (name: string, ...events: readonly unknown[]): Promise<readonly Answered[]> => {
    await using functions = startFunctions(variablesOf(name));
    const given: Answered[] = [];
    for (const event of events) given.push({ name, answer: await functions.call(bundleOf(name), event) });
    answers.push(...given);
    return given;
  };

  const { started, waiting, ...events } = eventsOf(SECRET_PREFIX);
  for (const [name, each] of Object.entries(events)) await call(name, ...each);
  const start = (body: object, key: string) => route('POST /forced-logouts', '', body, { 'idempotency-key': key });
  const [one, two] = (await call('forced-logouts', start(started, 'one'), start(waiting, 'two'))).map(idIn);
  await lambda.events.first(isEnd('run', one ?? ''));
  const watch = lambda.events.items.flatMap((event) =>
    event.kind === 'history' && event.execution.functionName === 'watch' ? [event.execution.name] : [],
  )[0];
  // Somebody links it again, which the watch reports after two polls.
  greenApi.setState(ids[0], 'authorized');
  const isReported = () =>
    recorder.calls.some(({ caller, action }) => caller === 'watch' && action === 'events:PutEvents');
  // Without an end a failed test would keep its process.
  for (let left = 2_000; left > 0 && !isReported(); left -= 1) await sleep(50);
  await call(
    'forced-logouts',
    route('GET /forced-logouts'),
    route('GET /forced-logouts/{id}', two),
    route('DELETE /forced-logouts/{id}', two),
    route('GET /watches/{id}', watch),
    route('DELETE /watches/{id}', watch),
  );
  return { calls: recorder.calls, failures: answers.filter((answered) => !isDone(answered)) };
};
