import { rotationStages } from '../../../../functions/instances/token-rotation/attempt.ts';
import { createRotateToken } from '../../../../functions/instances/token-rotation/rotate-token.ts';
import { createRotationSteps } from '../../../../functions/instances/token-rotation/rotation-steps.ts';
import { createRotationSetup, firstToken, idInstance, type UpdateFault } from '../../../support/rotation-setup.ts';

type Setup = ReturnType<typeof createRotationSetup>;

const rotate = (setup: Setup, decision = 'run/1', forMs = 120_000) =>
  createRotateToken(setup.startProcess(decision).dependencies)({ idInstance, decision }, setup.clock.now() + forMs);

test('stores the new token as the current one, keeps the other fields, and allows the next rotation', async () => {
  const setup = createRotationSetup();

  const result = await rotate(setup);

  expect(result).toEqual({ kind: 'rotated' });
  expect(setup.currentToken()).toBe(setup.liveToken());
  expect(setup.currentToken()).not.toBe(firstToken);
  expect(JSON.parse(setup.currentText() ?? '')).toEqual({
    note: 'kept',
    apiUrl: 'https://7103.api.greenapi.com',
    apiTokenInstance: setup.liveToken(),
  });
  expect(setup.tokenAt('AWSPREVIOUS')).toBe(firstToken);
  expect(setup.tokenAt(rotationStages.underWay)).toBeUndefined();
  expect(await rotate(setup, 'run/2')).toEqual({ kind: 'rotated' });
});

test.each<[UpdateFault, string, number]>([
  ['lost answer', 'token-lost', 1],
  ['no answer, no change', 'not-rotated', 1],
  ['refused', 'not-rotated', 1],
  ['not sent', 'not-rotated', 0],
  ['old works a while', 'rotated', 1],
  ['wrong token', 'not-rotated', 1],
])('%s: %s after %i request(s)', async (fault, kind, requests) => {
  const setup = createRotationSetup({ fault });

  const result = await rotate(setup);

  expect(result.kind).toBe(kind);
  expect(setup.updates).toHaveLength(requests);
  expect(setup.isKept()).toBe(kind !== 'token-lost');
  if (kind !== 'token-lost') expect(setup.currentToken()).toBe(setup.liveToken());
});

test('the two readings of the old token that prove an unchanged token are at least 5 s apart', async () => {
  const setup = createRotationSetup({ fault: 'no answer, no change' });
  const startedAt = setup.clock.now();

  await rotate(setup);

  expect(setup.clock.now() - startedAt).toBeGreaterThanOrEqual(5_000);
});

test('calls nothing when the secret cannot be written', async () => {
  const setup = createRotationSetup();
  setup.failWrites(true);

  expect(await rotate(setup)).toEqual({
    kind: 'not-rotated',
    detail: 'the secret cannot be written: Secrets Manager: InternalServiceError',
  });
  expect(setup.updates).toEqual([]);
});

test.each(['passing', 'passing for ten minutes'] as const)(
  'a failure to write the secret that is %s calls nothing, and the same decision may be tried again',
  async (duration) => {
    const setup = createRotationSetup();
    const { dependencies } = setup.startProcess('run/1');
    const openSecret: typeof dependencies.openSecret = (...secret) => ({
      ...dependencies.openSecret(...secret),
      put: async () => ({ kind: 'failed', detail: 'Secrets Manager: AccessDeniedException', duration }),
    });
    const rotation = { idInstance, decision: 'run/1' };

    const first = await createRotateToken({ ...dependencies, openSecret })(rotation, setup.clock.now() + 120_000);

    expect(first).toMatchObject({ kind: 'not-rotated', notBegun: true, duration });
    expect(setup.updates).toEqual([]);
    expect(await rotate(setup)).toEqual({ kind: 'rotated' });
  },
);

test('calls nothing when there is not enough time to store the answer', async () => {
  const setup = createRotationSetup();

  expect((await rotate(setup, 'run/1', 9_000)).kind).toBe('not-rotated');
  expect(setup.updates).toEqual([]);
});

test('reports a lost token when the new one could not be stored before the deadline', async () => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('run/1');
  const updateApiToken: typeof dependencies.updateApiToken = (...call) => {
    setup.failWrites(true);
    return dependencies.updateApiToken(...call);
  };

  const result = await createRotateToken({ ...dependencies, updateApiToken })(
    { idInstance, decision: 'run/1' },
    setup.clock.now() + 60_000,
  );

  expect(result).toEqual({
    kind: 'token-lost',
    detail:
      'GREEN-API has replaced the token, and the new one could not be stored: Secrets Manager: InternalServiceError',
  });
});

test('stores the new token when Secrets Manager accepts writes again before the deadline', async () => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('run/1');
  const updateApiToken: typeof dependencies.updateApiToken = (...call) => {
    setup.failWrites(true);
    return dependencies.updateApiToken(...call);
  };
  const sleep = async (ms: number) => {
    setup.clock.pass(ms);
    setup.failWrites(false);
  };

  const result = await createRotateToken({
    ...dependencies,
    updateApiToken,
    clock: { ...dependencies.clock, sleep },
  })({ idInstance, decision: 'run/1' }, setup.clock.now() + 60_000);

  expect(result).toEqual({ kind: 'rotated' });
});

test('a repeated decision gets the same report, and changes nothing', async () => {
  const setup = createRotationSetup();
  await rotate(setup);

  expect(await rotate(setup)).toEqual({ kind: 'rotated' });
  expect(setup.updates).toEqual(['run/1']);
});

test('a version that was made current meanwhile stays current if its token is the valid one', async () => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('run/1');
  const { openSecret } = dependencies;
  const result = await createRotateToken({
    ...dependencies,
    openSecret: (...opened) => {
      const secret = openSecret(...opened);
      return {
        ...secret,
        moveStage: async (move) => {
          if (move.stage === 'AWSCURRENT' && setup.updates.length === 1 && setup.issued.length === 1) {
            setup.changeInConsole();
            setup.putByHand(setup.liveToken());
          }
          return secret.moveStage(move);
        },
      };
    },
  })({ idInstance, decision: 'run/1' }, setup.clock.now() + 120_000);

  expect(result).toEqual({ kind: 'rotated', detail: 'by another change of the secret' });
  expect(setup.currentToken()).toBe(setup.liveToken());
  expect(setup.violations).toEqual([]);
});

test('a version that was made current meanwhile is replaced if only the new token is valid', async () => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('run/1');
  const updateApiToken: typeof dependencies.updateApiToken = async (...call) => {
    const update = await dependencies.updateApiToken(...call);
    setup.putByHand('e'.repeat(50));
    return update;
  };

  const result = await createRotateToken({ ...dependencies, updateApiToken })(
    { idInstance, decision: 'run/1' },
    setup.clock.now() + 120_000,
  );

  expect(result).toEqual({ kind: 'rotated' });
  expect(setup.currentToken()).toBe(setup.liveToken());
});

test('a token that was changed in the console and stored in the secret meanwhile counts as rotated', async () => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('run/1');
  const updateApiToken: typeof dependencies.updateApiToken = (...call) => {
    setup.changeInConsole();
    setup.putByHand(setup.liveToken());
    return dependencies.updateApiToken(...call);
  };

  const result = await createRotateToken({ ...dependencies, updateApiToken })(
    { idInstance, decision: 'run/1' },
    setup.clock.now() + 120_000,
  );

  expect(result).toEqual({ kind: 'rotated', detail: 'by another change of the secret' });
});

test('a token that was changed in the console only is not reported as lost by a rotation', async () => {
  const setup = createRotationSetup();
  setup.changeInConsole();

  expect(await rotate(setup)).toEqual({ kind: 'not-rotated', detail: 'GREEN-API rejects the token in the secret' });
});

test('a new token that cannot be tested in time becomes current nevertheless', async () => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('request 1');
  const readState: typeof dependencies.readState = async (instance, deadline) => {
    if (setup.updates.length === 0) return dependencies.readState(instance, deadline);
    setup.clock.pass(Math.min(10_000, deadline - setup.clock.now()));
    return { kind: 'timed-out', detail: 'GREEN-API did not answer in time', requests: 1 };
  };

  const result = await createRotateToken({ ...dependencies, readState })(
    { idInstance, decision: 'request 1' },
    setup.clock.now() + 12_000,
  );

  expect(result).toEqual({ kind: 'rotated', detail: 'no reading has tested the new token' });
  expect(setup.currentToken()).toBe(setup.liveToken());
});

test('a rotation by Secrets Manager succeeds when the token was changed elsewhere meanwhile', async () => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('c');
  const updateApiToken: typeof dependencies.updateApiToken = (...call) => {
    setup.changeInConsole();
    setup.putByHand(setup.liveToken());
    return dependencies.updateApiToken(...call);
  };
  const { createSecret, testSecret, finishSecret } = createRotationSteps({ ...dependencies, updateApiToken });

  for (const step of [createSecret, testSecret, finishSecret])
    expect(await step({ idInstance, clientRequestToken: 'c'.repeat(36) }, setup.clock.now() + 60_000)).toEqual({
      kind: 'rotated',
    });
  expect(setup.currentToken()).toBe(setup.liveToken());
  expect(setup.violations).toEqual([]);
});

test('the record of a rotation is written again when Secrets Manager throttles it', async () => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('run/1');
  let throttled = 3;
  const openSecret: typeof dependencies.openSecret = (...opened) => {
    const secret = dependencies.openSecret(...opened);
    return {
      ...secret,
      moveStage: async (move) => {
        const isThrottled = move.stage === rotationStages.underWay && throttled-- > 0;
        return isThrottled
          ? { kind: 'failed', detail: 'Secrets Manager: ThrottlingException' }
          : secret.moveStage(move);
      },
    };
  };

  const result = await createRotateToken({ ...dependencies, openSecret })(
    { idInstance, decision: 'run/1' },
    setup.clock.now() + 60_000,
  );

  expect(result).toEqual({ kind: 'rotated' });
});
