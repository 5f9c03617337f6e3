import type { InstanceState } from '../../../client/answers.ts';
import type { Result } from '../../../client/result.ts';
import { createStates } from '../../../console/page/instances/states.ts';

const authorized: Result<InstanceState> = {
  kind: 'ok',
  value: { stateInstance: 'authorized', readAt: '2026-11-24T12:00:00.000Z' },
  body: {},
};

/** States whose answers the test gives when it likes. */
const setUp = () => {
  let at = 0;
  const asked: string[] = [];
  const answers: ((result: Result<InstanceState>) => void)[] = [];
  const states = createStates({
    readState: (idInstance) => {
      asked.push(idInstance);
      return new Promise((resolve) => answers.push(resolve));
    },
    now: () => at,
  });
  const answer = async (result: Result<InstanceState> = authorized): Promise<void> => {
    answers.shift()?.(result);
    await new Promise(setImmediate);
  };
  return { ...states, asked, answer, pass: (ms: number) => (at += ms) };
};

test('of many rows only a few are read at a time, and none that nobody looks at any more', async () => {
  const { want, unwant, asked, answer } = setUp();

  for (const id of ['1', '2', '3', '4', '5', '6']) want(id, 60_000);
  const atOnce = [...asked];
  unwant('5');
  await answer();

  expect(atOnce).toEqual(['1', '2', '3', '4']);
  expect(asked).toEqual(['1', '2', '3', '4', '6']);
});

test('a state is read again when it is old enough, and never twice within a second', async () => {
  const { want, asked, answer, pass } = setUp();
  want('1', 0);
  want('1', 0);
  await answer();

  pass(1_000);
  want('1', 0);
  pass(1_000);
  want('1', 5_000);
  want('1', 0);

  expect(asked).toEqual(['1', '1']);
});

test('a reading from before a logout does not overwrite what the logout brought', async () => {
  const { want, forget, set, store, answer } = setUp();
  want('1', 0);
  forget('1');
  await answer();
  const before = store.get().get('1');
  set('1', { kind: 'read', stateInstance: 'notAuthorized', readAt: '2026-11-24T12:00:05.000Z' });

  expect(before).toBeUndefined();
  expect(store.get().get('1')).toMatchObject({ stateInstance: 'notAuthorized' });
});

test('a state that could not be read says why', async () => {
  const { want, store, answer } = setUp();
  want('1', 0);

  await answer({
    kind: 'problem',
    status: 502,
    body: {},
    mayTakeEffect: false,
    title: 'Rejected',
    detail: 'Correct it.',
  });

  expect(store.get().get('1')).toEqual({ kind: 'problem', problem: { title: 'Rejected', detail: 'Correct it.' } });
});
