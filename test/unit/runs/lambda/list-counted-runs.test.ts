import { createListCountedRuns } from '../../../../functions/runs/lambda/list-counted-runs.ts';
import { countedRunNameOf, formerRunNameOf, runNameOf } from '../../../../functions/runs/run-name.ts';

const startedSince = new Date('2026-11-20T16:00:00Z');
const at = new Date('2026-11-20T16:30:00Z');

const cause = (key: string) => ({ stack: 'stack', requester: 'hr', key });
const nameOf = (key: string, provider: string, isWaiting = false) =>
  countedRunNameOf(cause(key), { provider, isWaiting }, [`${key}@example.com`]);

type Client = Parameters<typeof createListCountedRuns>[0]['client'];

/** A Lambda that returns these pages, and records its requests. */
const lambdaWith = (pages: readonly (readonly string[])[]) => {
  const inputs: Readonly<Record<string, unknown>>[] = [];
  const send = async ({ input }: { readonly input: { readonly Marker?: string } }) => {
    inputs.push(input);
    const page = Number(input.Marker ?? 0);
    return {
      DurableExecutions: (pages[page] ?? []).map((name) => ({ DurableExecutionName: name, StartTimestamp: at })),
      ...(page + 1 < pages.length && { NextMarker: String(page + 1) }),
    };
  };
  return { inputs, client: { send } as unknown as Client };
};

test('lists the runs of leavers who count over all pages, and no other run', async () => {
  const counted = [nameOf('1', 'hr'), nameOf('2', 'hr-x'), nameOf('3', 'hr', true), formerRunNameOf(cause('4'), 'hr')];
  const others = [runNameOf('event', cause('5')), 'event-hr-by-hand', runNameOf('api', cause('6'))];
  const [first = '', ...rest] = counted;
  const { client, inputs } = lambdaWith([[first, ...others], [], rest]);

  const listed = await createListCountedRuns({ client, functionName: 'run' })({ startedSince });

  expect(listed).toMatchObject({
    kind: 'runs',
    runs: [
      { name: counted[0], provider: 'hr', isWaiting: false, startedAtMs: at.getTime() },
      { name: counted[1], provider: 'hr-x', isWaiting: false },
      { name: counted[2], provider: 'hr', isWaiting: true },
      { name: counted[3], provider: 'hr', isWaiting: false },
    ],
  });
  expect(inputs).toMatchObject([
    { FunctionName: 'run', StartedAfter: startedSince },
    { FunctionName: 'run', StartedAfter: startedSince, Marker: '1' },
    { FunctionName: 'run', StartedAfter: startedSince, Marker: '2' },
  ]);
});

test('lists the runs that have not ended, whenever they started', async () => {
  const { client, inputs } = lambdaWith([[nameOf('1', 'hr', true)]]);

  expect(await createListCountedRuns({ client, functionName: 'run' })('not-ended')).toMatchObject({
    kind: 'runs',
    runs: [{ isWaiting: true }],
  });
  expect(inputs).toEqual([{ FunctionName: 'run', Statuses: ['RUNNING'], MaxItems: 1_000, Marker: undefined }]);
});

test('an endless list is not counted', async () => {
  const { client, inputs } = lambdaWith(Array.from({ length: 50 }, () => []));

  expect(await createListCountedRuns({ client, functionName: 'run' })({ startedSince })).toMatchObject({
    kind: 'unavailable',
  });
  expect(inputs).toHaveLength(10);
});

test.each([
  ['a list', {}, []],
  ['the start of a run', { DurableExecutions: [{ DurableExecutionName: nameOf('1', 'hr') }] }, [{ startedAtMs: 0 }]],
])('an answer without %s is no error', async (_, answer, runs) => {
  const client = { send: async () => answer } as unknown as Client;

  expect(await createListCountedRuns({ client, functionName: 'run' })('not-ended')).toMatchObject({
    kind: 'runs',
    runs,
  });
});

test('a refusal names the missing permission', async () => {
  const error = Object.assign(new Error('secret text'), { name: 'AccessDeniedException' });
  const client = { send: () => Promise.reject(error) } as unknown as Client;

  expect(await createListCountedRuns({ client, functionName: 'run' })({ startedSince })).toEqual({
    kind: 'denied',
    detail: 'Lambda: AccessDeniedException: allow lambda:ListDurableExecutionsByFunction',
  });
});
