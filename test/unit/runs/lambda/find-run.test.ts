import { createFindRunOnce } from '../../../../functions/runs/lambda/find-run.ts';

afterEach(() => void jest.useRealTimers());

test('a list of runs that does not end is given up after ten seconds, and calls no run unknown', async () => {
  jest.useFakeTimers();
  let pages = 0;
  const send = async () => {
    pages += 1;
    if (pages > 100) throw new Error('it reads on');
    jest.advanceTimersByTime(2_500);
    return { DurableExecutions: [], NextMarker: String(pages) };
  };
  const client = { send } as unknown as Parameters<typeof createFindRunOnce>[0]['client'];

  const run = await createFindRunOnce({ client, functionName: 'run' })('api-1');

  expect(run).toEqual({ kind: 'unavailable', detail: 'Lambda: the list of runs was too long to read in time' });
  expect(pages).toBe(4);
});
