import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { FaultName } from '../../emulators/green-api/faults.ts';
import { httpEventOf, parseAnswer } from '../support/http-event.ts';
import { mebibytes, printFigures } from './figures.ts';
import { idsFrom, startFleet } from './fleet.ts';
import { startEnvironment, type Usage } from './lambda/environment.ts';

jest.setTimeout(180_000);

const invocations = 10_000;
const samples = 10;

type Environment = Awaited<ReturnType<typeof startEnvironment>>;
type Sample = Usage & { readonly invocations: number };

const invoke = async (environment: Environment, event: APIGatewayProxyEventV2) => {
  const answer = await environment.invoke(event);
  if (answer.kind !== 'response') throw new Error(`the invocation ended as ${JSON.stringify(answer)}`);
  return parseAnswer(answer.body as Parameters<typeof parseAnswer>[0]);
};

/** Invokes one after the other, as Lambda does, and samples the memory and sockets of the process at intervals. */
const endure = async (environment: Environment, invokeOnce: (index: number) => Promise<void>) => {
  const usage: Sample[] = [];
  for (let index = 0; index < invocations; index += 1) {
    if (index % (invocations / samples) === 0) usage.push({ invocations: index, ...(await environment.usage()) });
    await invokeOnce(index);
  }
  return [...usage, { invocations, ...(await environment.usage()) }];
};

const report = (functionName: string, usage: readonly Sample[]) =>
  printFigures(
    `${functionName}: one environment under aws-lambda-ric, after a garbage collection`,
    usage.map(({ invocations, heapBytes, rssBytes, sockets }) => ({
      invocations,
      'heap MiB': mebibytes(heapBytes),
      'RSS MiB': mebibytes(rssBytes),
      'open sockets': sockets,
    })),
  );

/** The engine warms up during the first quarter. After that the whole process stays within a few megabytes. */
const expectFlat = (usage: readonly Sample[]) => {
  const steady = usage.slice(samples / 4);
  const spread = (of: (sample: Sample) => number) => Math.max(...steady.map(of)) - Math.min(...steady.map(of));
  expect(spread(({ heapBytes }) => heapBytes)).toBeLessThan(2 * 2 ** 20);
  expect(spread(({ rssBytes }) => rssBytes)).toBeLessThan(24 * 2 ** 20);
  expect(Math.max(...usage.map(({ sockets }) => sockets))).toBeLessThanOrEqual(3);
};

// Faults that do not hang and do not make the client wait for its rate limit.
const faults: readonly FaultName[] = [
  'http-500',
  'http-429',
  'http-401-text',
  'http-403-html',
  'null-answer',
  'not-utf8',
  'redirect',
  'reset-in-body',
  'header-flood',
  'huge-body',
];

test('a logout environment does not grow over 10,000 invocations, a fifth of them failing', async () => {
  const [ids, broken, unknown] = [
    idsFrom(1_101_000_000, 2_000),
    idsFrom(1_102_000_000, 200),
    idsFrom(1_103_000_000, 200),
  ];
  // The client limits its rate per instance. With this many instances it never has to wait.
  await using fleet = await startFleet({ ids: [...ids, ...broken], greenApi: { enforceLimit: false } });
  for (const [index, id] of broken.entries()) fleet.greenApi.setFault(id, faults[index % faults.length]);
  let lines = 0;
  const onLine = () => {
    lines += 1;
  };
  await using environment = await startEnvironment({ functionName: 'logout', variables: fleet.variables, onLine });
  const logOut = (list: readonly string[], index: number, wait: number) => {
    const idInstance = list[index % list.length] ?? '';
    return invoke(environment, httpEventOf({ pathParameters: { idInstance }, headers: { prefer: `wait=${wait}` } }));
  };
  for (const index of ids.keys()) await logOut(ids, index, 5);
  for (const index of broken.keys()) await logOut(broken, index, 0);
  lines = 0;

  const usage = await endure(environment, async (index) => {
    const turn = Math.floor(index / 10);
    if (index % 10 === 0) expect((await logOut(broken, turn, 0)).body).toMatchObject({ confirmed: false });
    else if (index % 10 === 1) expect((await logOut(unknown, turn, 0)).status).toBe(404);
    else expect((await logOut(ids, index, 5)).body).toMatchObject({ confirmed: true });
  });

  report('logout', usage);
  expectFlat(usage);
  expect(lines).toBe(invocations);
});

test('an instances environment does not grow over 10,000 invocations', async () => {
  await using fleet = await startFleet({ ids: idsFrom(1_101_000_000, 20) });
  await using environment = await startEnvironment({ functionName: 'instances', variables: fleet.variables });

  const usage = await endure(environment, async (index) => {
    const { status, body } = await invoke(
      environment,
      httpEventOf({ queryStringParameters: index % 10 ? {} : { no: 'x' } }),
    );
    expect(status === 200 ? body.instances : status).toEqual(
      index % 10 ? expect.objectContaining({ length: 20 }) : 400,
    );
  });

  report('instances', usage);
  expectFlat(usage);
});
