import type { Run } from '../../../client/answers.ts';
import { followRun } from '../../../client/follow-run.ts';
import type { Result } from '../../../client/result.ts';
import { startLoopbackServer } from '../../../loopback/loopback-server.ts';
import { clientOf, run } from '../../support/api-client.ts';
import { startJsonServer } from '../../support/api-double.ts';

type Step = { readonly status?: number; readonly body: object };

/** Follows a run that the API answers so, one after the other; the last one again and again. */
const follow = async (
  steps: readonly Step[],
  times: { readonly longestFailureMs?: number; readonly now?: () => number } = {},
) => {
  const left = [...steps];
  await using api = await startJsonServer(() => (left.length > 1 ? left.shift() : left[0]) ?? { body: {} });
  const readings: Result<Run>[] = [];
  const last = await followRun(clientOf(api.url), 'api-1', {
    signal: new AbortController().signal,
    pollMs: 1,
    onReading: (reading) => readings.push(reading),
    ...times,
  });
  return { last, readings };
};

const unavailable = { status: 503, body: { message: 'Service Unavailable' } };
const ended = { body: { ...run, status: 'SUCCEEDED' } };

test('a run is followed to its end, over failures that pass', async () => {
  const unknown = { status: 404, body: { title: 'No such run', detail: 'Check its id.', code: 'unknown-run' } };

  const { last, readings } = await follow([unknown, unavailable, { body: run }, ended]);

  expect(last).toMatchObject({ kind: 'ok', value: { status: 'SUCCEEDED' } });
  expect(readings.map(({ kind }) => kind)).toEqual(['problem', 'problem', 'ok', 'ok']);
});

test.each([
  ['refused', { status: 403, body: { message: 'Forbidden' } }, 'problem'],
  ['not understood', { body: { id: 'api-1' } }, 'not-understood'],
])('following a run ends at a reading that is %s', async (_name, step, kind) => {
  const { last, readings } = await follow([{ body: run }, step]);

  expect(last).toMatchObject({ kind });
  expect(readings).toHaveLength(1);
});

test('following a run ends when it has failed for too long', async () => {
  expect(await follow([unavailable], { longestFailureMs: 0 })).toMatchObject({
    last: { kind: 'problem', status: 503 },
    readings: [],
  });
});

test('failures in a row are counted from the last reading', async () => {
  let elapsedMs = 0;
  const now = () => {
    elapsedMs += 40;
    return elapsedMs;
  };

  const { last } = await follow([unavailable, { body: run }, unavailable, ended], { longestFailureMs: 60, now });

  expect(last).toMatchObject({ kind: 'ok', value: { status: 'SUCCEEDED' } });
});

test('following a run ends when the signal aborts, and the reading under way is dropped', async () => {
  const controller = new AbortController();
  await using server = await startLoopbackServer(() => controller.abort(), {});
  const onReading = jest.fn();

  const last = await followRun(clientOf(server.url), 'api-1', { signal: controller.signal, pollMs: 1, onReading });

  expect({ last, readings: onReading.mock.calls }).toEqual({ last: undefined, readings: [] });
});
