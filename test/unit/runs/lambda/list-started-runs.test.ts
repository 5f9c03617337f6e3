import { createListStartedRuns } from '../../../../functions/runs/lambda/list-started-runs.ts';
import { runNameOf } from '../../../../functions/runs/run-name.ts';

const since = new Date('2026-11-20T16:00:00Z');
const at = new Date('2026-11-20T16:30:00Z');

const nameOf = (key: string, provider?: string) =>
  runNameOf('event', { stack: 'stack', requester: 'hr', key, ...(provider !== undefined && { provider }) });

type Client = Parameters<typeof createListStartedRuns>[0]['client'];

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

test('lists the runs of one provider over all pages, and no run of another', async () => {
  const mine = [nameOf('1', 'hr'), nameOf('2', 'hr')];
  const others = [nameOf('3', 'hr-x'), nameOf('4'), 'event-hr-by-hand', nameOf('5', 'h')];
  const { client, inputs } = lambdaWith([[mine[0] ?? '', ...others], [], [mine[1] ?? '']]);

  const listed = await createListStartedRuns({ client, functionName: 'run' })('hr', since);

  expect(listed).toEqual({ kind: 'runs', runs: mine.map((name) => ({ name, startedAtMs: at.getTime() })) });
  expect(inputs).toMatchObject([
    { FunctionName: 'run', StartedAfter: since },
    { FunctionName: 'run', StartedAfter: since, Marker: '1' },
    { FunctionName: 'run', StartedAfter: since, Marker: '2' },
  ]);
});

test('an endless list is not counted', async () => {
  const { client } = lambdaWith(Array.from({ length: 50 }, () => []));

  expect(await createListStartedRuns({ client, functionName: 'run' })('hr', since)).toMatchObject({
    kind: 'unavailable',
  });
});

test('a refusal names the missing permission', async () => {
  const error = Object.assign(new Error('secret text'), { name: 'AccessDeniedException' });
  const client = { send: () => Promise.reject(error) } as unknown as Client;

  expect(await createListStartedRuns({ client, functionName: 'run' })('hr', since)).toEqual({
    kind: 'denied',
    detail: 'Lambda: AccessDeniedException: allow lambda:ListDurableExecutionsByFunction',
  });
});
