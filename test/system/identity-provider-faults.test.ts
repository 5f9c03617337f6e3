import { createHash } from 'node:crypto';
import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import { composeProviderHandler } from '../../functions/identity-providers/handler-dependencies.ts';
import { countedLeaverOf, countedRunNameOf } from '../../functions/runs/run-name.ts';
import { userIdOf } from '../../functions/scim/user-id.ts';
import { createScimHandler } from '../../functions/scim.ts';
import { createWebhookHandler } from '../../functions/webhook.ts';
import { useEmulators } from '../support/aws-environment.ts';
import { contextOf, httpEventOf } from '../support/http-event.ts';
import { markerToken } from '../support/logout-setup.ts';
import { oktaEvent } from '../support/offboarding-events.ts';
import { createPatientClients } from '../support/patient-clients.ts';
import {
  type BrokenCall,
  brokenFunction,
  type LambdaFault,
  lambdaFaults,
  startBreakingLambda,
} from '../support/system/breaking-lambda.ts';

const token = 'token-of-everybody';
const tokenSha256 = [createHash('sha256').update(token).digest('hex')];
const providers = (kind: string) => JSON.stringify({ provider: { kind, tokenSha256, maxPerHour: 50 } });
const deactivation = '{"Operations":[{"op":"replace","path":"active","value":false}]}';
const report = { ...Object(oktaEvent.detail), published: new Date().toISOString() };

/** What each kind of provider sends. */
const requests = {
  scimread: ['scim', 'GET /scim/v2/Users', {}, ''],
  scimwrite: ['scim', 'PATCH /scim/v2/Users/{id}', {}, deactivation],
  oktascim: ['scim', 'PATCH /scim/v2/Users/{id}', { 'user-agent': 'Okta SCIM Client 1.0.0' }, deactivation],
  webhook: ['webhook', 'POST /offboarding', {}, '{"id":"hr-1","email":"john.doe@example.com"}'],
  hook: ['okta-event-hook', 'POST /okta-event-hook', {}, JSON.stringify({ data: { events: [report] } })],
} as const;

type Column = keyof typeof requests;
type Row = Readonly<Record<Column, number>>;

const columns = Object.keys(requests) as readonly Column[];

/** Nobody is logged out, and the provider is asked to send it again. */
const notStarted: Row = { scimread: 200, scimwrite: 503, oktascim: 429, webhook: 503, hook: 503 };
/** Reading fails; runs are started without the list of owners. */
const notListed: Row = { scimread: 503, scimwrite: 200, oktascim: 200, webhook: 202, hook: 204 };
/** The SDK tries again, and nobody notices. */
const unnoticed: Row = { scimread: 200, scimwrite: 200, oktascim: 200, webhook: 202, hook: 204 };

const rows: Readonly<Record<`${BrokenCall} ${LambdaFault}`, Row>> = {
  'list denied': notStarted,
  'list throttled': notStarted,
  'list internal-error': notStarted,
  'list reset': notStarted,
  'list hang': notStarted,
  'list throttled-once': unnoticed,
  'invoke denied': notStarted,
  'invoke throttled': notStarted,
  'invoke internal-error': notStarted,
  'invoke reset': notStarted,
  'invoke hang': notStarted,
  'invoke throttled-once': unnoticed,
};

const secretRows = {
  'access-denied': notListed,
  throttled: notListed,
  'internal-error': notListed,
  reset: notListed,
  hang: notListed,
} as const;

type Setup = {
  readonly lambda: Awaited<ReturnType<typeof startBreakingLambda>>;
  readonly secrets: Awaited<ReturnType<typeof startSecretsManager>>;
};

let setup: Setup;
/** What each kind of provider got, by the prefix of the secrets, which is another one for each fault. */
let answered: ReadonlyMap<string, Readonly<Record<string, number>>>;
const lines: string[] = [];

beforeAll(async () => {
  // Its quota counts in real time, and is not what is tested.
  setup = { lambda: await startBreakingLambda(), secrets: await startSecretsManager({ listsPerSecond: 100_000 }) };
  useEmulators({ lambda: setup.lambda.url, secretsManager: setup.secrets.url });
  // All at once, for most of them only wait.
  answered = new Map(await Promise.all([...lambdaCases.map(driveLambda), ...secretCases.map(driveSecrets)]));
});

afterAll(async () => {
  await setup?.lambda[Symbol.asyncDispose]();
  await setup?.secrets.close();
});

/** @param person whose id is in the path */
const eventOf = (
  routeKey: string,
  headers: Record<string, string>,
  body: string,
  { query = '', person = 'john.doe@example.com' } = {},
) => {
  const authorized = { authorization: `Bearer ${token}`, ...headers };
  const [method, path = ''] = routeKey.split(' ');
  const id = userIdOf(person);
  const event = httpEventOf({ routeKey, pathParameters: { id }, headers: authorized, body });
  const requestContext = { ...event.requestContext, http: { method } };
  const rawPath = path.replace('{id}', id);
  return { ...event, rawPath, rawQueryString: query, requestContext } as unknown as typeof event;
};

type Service = keyof ReturnType<typeof createPatientClients>;

/**
 * The function as it is composed for Lambda.
 *
 * @param hanging the service that never answers: only calls of it have the time limits of the function. To all others, no answer is
 * too late.
 */
const compose = (variables: Readonly<Record<string, string>>, hanging?: Service) => {
  const { lambda, secretsManager } = createPatientClients();
  return composeProviderHandler(variables, (line) => void lines.push(line), {
    ...(hanging !== 'lambda' && { lambda }),
    ...(hanging !== 'secretsManager' && { secretsManager }),
  });
};

/** A process of its own sends one request to the function. */
const statusOf = async (column: Column, prefix: string, runFunction: string, hanging?: Service): Promise<number> => {
  const [kind, routeKey, headers, body] = requests[column];
  const variables = { SECRET_PREFIX: prefix, RUN_FUNCTION: runFunction, NAMED_CALLERS: providers(kind) };
  const composed = compose(variables, hanging);
  const sent = eventOf(routeKey, headers, body);
  const response =
    kind === 'scim'
      ? await createScimHandler(composed)(sent, contextOf())
      : await createWebhookHandler(composed)(sent, contextOf());
  return response.statusCode ?? 0;
};

const rowOf = async (prefix: string, runFunctionOf: (column: Column) => string, hanging?: Service) => {
  const secretString = JSON.stringify({ apiTokenInstance: markerToken });
  setup.secrets.put({ name: `${prefix}1101000001`, secretString, tags: { owner: 'john.doe@example.com' } });
  const cells = columns.map(
    async (column) => [column, await statusOf(column, prefix, runFunctionOf(column), hanging)] as const,
  );
  return Object.fromEntries(await Promise.all(cells));
};

const lambdaCases = (['list', 'invoke'] as const).flatMap((call) =>
  lambdaFaults.map((fault) => [call, fault] as const),
);
const secretCases = Object.keys(secretRows) as readonly (keyof typeof secretRows)[];

const driveLambda = async ([call, fault]: readonly [BrokenCall, LambdaFault]) => {
  const prefix = `${call}-${fault}/`;
  const hanging = fault === 'hang' ? 'lambda' : undefined;
  return [prefix, await rowOf(prefix, (column) => brokenFunction(call, fault, column), hanging)] as const;
};

const driveSecrets = async (fault: keyof typeof secretRows) => {
  const prefix = `secrets-${fault}/`;
  setup.secrets.setFault('ListSecrets', fault, { secretId: prefix });
  return [prefix, await rowOf(prefix, () => `run-${fault}`, fault === 'hang' ? 'secretsManager' : undefined)] as const;
};

test.each(lambdaCases)('Lambda, %s: %s', (call, fault) => {
  expect(answered.get(`${call}-${fault}/`)).toEqual(rows[`${call} ${fault}`]);
});

test.each(secretCases)('Secrets Manager, the list: %s', (fault) => {
  expect(answered.get(`secrets-${fault}/`)).toEqual(secretRows[fault]);
});

test('an initial cycle of searches reads the list once', async () => {
  setup.secrets.put({ name: 'cycle/1101000001', secretString: '{}', tags: { owner: 'john.doe@example.com' } });
  const variables = { SECRET_PREFIX: 'cycle/', NAMED_CALLERS: providers('scim') };
  const handler = createScimHandler(compose(variables));
  const search = eventOf('GET /scim/v2/Users', {}, '', { query: 'filter=userName+eq+%22nobody@example.com%22' });

  for (let user = 0; user < 250; user += 1) await handler(search, contextOf());

  const reads = setup.secrets.calls.filter(
    ({ operation, secretId }) => operation === 'ListSecrets' && secretId === 'cycle/',
  );
  expect(reads).toHaveLength(1);
});

describe('200 deactivations at once', () => {
  const people = Array.from({ length: 200 }, (_, index) => `person${index}@example.com`);

  /** The function with these settings, and who was started since. */
  const startBurst = (copies: number, maxPerHour: number) => {
    const stack = `burst-${copies}-${maxPerHour}`;
    for (const [index, owner] of people.entries())
      setup.secrets.put({ name: `${stack}/${1101000000 + index}`, secretString: '{}', tags: { owner } });
    const variables = {
      SECRET_PREFIX: `${stack}/`,
      COPIES: String(copies),
      STACK: stack,
      NAMED_CALLERS: JSON.stringify({ provider: { kind: 'scim', tokenSha256, maxPerHour } }),
    };
    const createCopy = () => {
      const handler = createScimHandler(compose(variables));
      return async (person: string): Promise<number> => {
        const event = eventOf('PATCH /scim/v2/Users/{id}', {}, deactivation, { person });
        return (await handler(event, contextOf())).statusCode ?? 0;
      };
    };
    const personIn = (name: string) => countedLeaverOf(name)?.person;
    const counted = { provider: 'provider', isWaiting: false };
    const personOf = (person: string) =>
      personIn(countedRunNameOf({ stack, requester: '', key: '' }, counted, [person]));
    const earlier = setup.lambda.started.length;
    return {
      createCopy,
      /** Those of these people for whom a run was started, each once per run. */
      startedOf: () => {
        const started = setup.lambda.started.slice(earlier).map(personIn);
        return people.filter((person) => started.includes(personOf(person)));
      },
      starts: () => setup.lambda.started.length - earlier,
    };
  };

  test.each([200, 50])(
    'in one process with a maxPerHour of %i: so many are accepted and started, and the others are told that they are not',
    async (maxPerHour) => {
      const burst = startBurst(1, maxPerHour);
      const deactivatePerson = burst.createCopy();

      const statuses = await Promise.all(people.map(deactivatePerson));

      const accepted = people.filter((_, index) => statuses[index] === 200);
      expect(accepted).toHaveLength(maxPerHour);
      expect(statuses.filter((status) => status === 429)).toHaveLength(people.length - maxPerHour);
      expect(burst.startedOf()).toEqual(accepted);
    },
  );

  test('over ten copies of one request at a time: clients that repeat after a 503 are all accepted, each started once', async () => {
    const burst = startBurst(10, 1_000);
    const idle = Array.from({ length: 10 }, burst.createCopy);
    // The gateway answers 503 when every copy is busy.
    const send = async (person: string): Promise<number> => {
      const copy = idle.shift();
      if (copy === undefined) return 503;
      return copy(person).finally(() => idle.push(copy));
    };
    const refused = new Set<string>();
    const repeat = async (person: string): Promise<number> => {
      for (;;) {
        const status = await send(person);
        if (status !== 503) return status;
        refused.add(person);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };

    const statuses = await Promise.all(people.map(repeat));

    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(refused.size).toBeGreaterThanOrEqual(190);
    expect(burst.startedOf()).toEqual(people);
    expect(burst.starts()).toBe(200);
  });
});

test('no log line contains data from an identity provider or a token', () => {
  expect(lines.join('')).not.toMatch(/token-of|f00dface/);
  expect(lines.length).toBeGreaterThan(50);
});
