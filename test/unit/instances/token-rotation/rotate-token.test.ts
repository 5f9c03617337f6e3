import type { SecretFailure, SecretVersions } from '../../../../functions/instances/secrets.ts';
import {
  composeRotation,
  type RotationDependencies,
  rotationStages,
} from '../../../../functions/instances/token-rotation/attempt.ts';
import { createRotateToken } from '../../../../functions/instances/token-rotation/rotate-token.ts';
import { createRotationSteps } from '../../../../functions/instances/token-rotation/rotation-steps.ts';
import { deadlineIn } from '../../../../functions/platform/deadline.ts';
import { createRotationSetup, firstToken, idInstance, type UpdateFault } from '../../../support/rotation-setup.ts';

type Setup = ReturnType<typeof createRotationSetup>;

const rotateWith = (setup: Setup, dependencies: RotationDependencies, decision = 'run/1', forMs = 120_000) =>
  createRotateToken(dependencies)({ idInstance, decision }, setup.clock.now() + forMs);

const rotate = (setup: Setup, decision = 'run/1', forMs = 120_000) =>
  rotateWith(setup, setup.startProcess(decision).dependencies, decision, forMs);

/** Calls Secrets Manager in another way. */
const withSecret = (
  dependencies: RotationDependencies,
  change: (secret: SecretVersions) => Partial<SecretVersions>,
): RotationDependencies => ({
  ...dependencies,
  openSecret: (...opened) => {
    const secret = dependencies.openSecret(...opened);
    return { ...secret, ...change(secret) };
  },
});

const throttled: SecretFailure = { kind: 'failed', detail: 'Secrets Manager: ThrottlingException' };
const unanswered = { kind: 'timed-out', detail: 'GREEN-API did not answer in time', requests: 1 } as const;

const otherId = 'another-rotation'.padEnd(32, '0');

/** Puts a version into the secret under a label, as another rotation does. */
const putAt = (setup: Setup, stage: string, token = setup.currentToken()) =>
  setup.secret.put({ versionId: `${otherId}${stage}`, text: JSON.stringify({ apiTokenInstance: token }), stage });

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

test.each([
  ['in time', 1],
  ['early', 0.5],
])('the readings that prove an unchanged token are 5 s apart, if pauses end %s', async (when, share) => {
  const setup = createRotationSetup({ fault: 'no answer, no change' });
  const { dependencies } = setup.startProcess('run/1');
  const startedAt = setup.clock.now();
  const sleep = async (ms: number) => setup.clock.pass(ms * share);
  const readState = jest.fn(dependencies.readState);

  const result = await rotateWith(setup, { ...dependencies, readState, clock: { ...dependencies.clock, sleep } });

  expect(result).toEqual({
    kind: 'not-rotated',
    detail: 'GREEN-API did not confirm the change, and still accepts the old token',
  });
  const elapsedMs = setup.clock.now() - startedAt;
  expect(elapsedMs).toBeGreaterThanOrEqual(5_000);
  // One before the change, and two after it.
  if (when === 'in time') expect([elapsedMs, readState.mock.calls.length]).toEqual([5_000, 3]);
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

test('leaves 7.5 s to store the answer, and calls nothing without two seconds more', async () => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('run/1');
  const updateApiToken = jest.fn(dependencies.updateApiToken);
  const startedAt = setup.clock.now();

  expect((await rotate(setup, 'run/0', 9_499)).kind).toBe('not-rotated');
  expect(setup.updates).toEqual([]);
  expect(await rotateWith(setup, { ...dependencies, updateApiToken }, 'run/1', 9_500)).toEqual({ kind: 'rotated' });
  expect(updateApiToken.mock.calls[0]?.[1]).toBe(startedAt + 2_000);
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

  const { dependencies } = setup.startProcess('run/1');
  const readState = jest.fn(dependencies.readState);

  expect(await rotateWith(setup, { ...dependencies, readState })).toEqual({ kind: 'rotated' });
  expect(setup.updates).toEqual(['run/1']);
  expect(readState).toHaveBeenCalledTimes(1);
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

  const startedAt = setup.clock.now();

  const result = await rotateWith(setup, { ...dependencies, readState }, 'request 1', 12_000);

  // Three seconds are left to make it current.
  expect(setup.clock.now() - startedAt).toBe(9_000);
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

describe('while another rotation of the token is under way', () => {
  const underWay = async () => {
    const setup = createRotationSetup();
    await putAt(setup, rotationStages.underWay);
    const startedAt = setup.clock.now();
    return { setup, elapsed: () => setup.clock.now() - startedAt };
  };
  const notBegun = { kind: 'not-rotated', detail: 'another rotation of this token is under way', notBegun: true };

  test.each([
    ['15 seconds', 120_000, 15_000],
    ['as long as there is time', 3_000, 2_000],
  ])('it waits for %s, and calls nothing', async (_time, forMs, waitedMs) => {
    const { setup, elapsed } = await underWay();

    expect(await rotate(setup, 'run/1', forMs)).toStrictEqual(notBegun);
    expect([elapsed(), setup.updates]).toEqual([waitedMs, []]);
  });

  test.each([
    [5 * 60_000, 0],
    [5 * 60_000 - 1, 1_000],
  ])('one that began %i ms ago is waited for %i ms: after five minutes it has crashed', async (ageMs, waitedMs) => {
    const { setup, elapsed } = await underWay();
    setup.clock.pass(ageMs);

    expect(await rotate(setup)).toEqual({ kind: 'rotated' });
    expect(elapsed() - ageMs).toBe(waitedMs);
  });

  test('a crashed one may have lost the token', async () => {
    const { setup } = await underWay();
    setup.clock.pass(5 * 60_000);
    setup.changeInConsole();

    expect(await rotate(setup)).toEqual({
      kind: 'token-lost',
      detail: 'GREEN-API rejects the token in the secret, and the rotation before this one was interrupted',
    });
  });

  test('its new token ends the waiting if GREEN-API accepts it', async () => {
    const { setup } = await underWay();
    const { dependencies } = setup.startProcess('run/1');
    const sleep = async (ms: number) => {
      setup.clock.pass(ms);
      setup.changeInConsole();
      setup.putByHand(setup.liveToken());
    };

    const result = await rotateWith(setup, { ...dependencies, clock: { ...dependencies.clock, sleep } });

    expect(result).toEqual({ kind: 'rotated', detail: 'by another rotation at the same time' });
    expect(setup.updates).toEqual([]);
  });

  test('another token in the secret that GREEN-API rejects does not', async () => {
    const { setup } = await underWay();
    const { dependencies } = setup.startProcess('run/1');
    const sleep = async (ms: number) => {
      setup.clock.pass(ms);
      setup.putByHand('e'.repeat(50));
    };

    const result = await rotateWith(setup, { ...dependencies, clock: { ...dependencies.clock, sleep } });

    expect(result).toEqual(notBegun);
  });
});

describe('the label of the rotation that is under way', () => {
  const start = () => {
    const setup = createRotationSetup();
    return { setup, dependencies: setup.startProcess('run/1').dependencies };
  };

  test('is at the rotation if the answer to its move was lost', async () => {
    const { setup, dependencies } = start();
    const result = await rotateWith(
      setup,
      withSecret(dependencies, (secret) => ({
        moveStage: async (move) => {
          await secret.moveStage(move);
          return throttled;
        },
      })),
      'run/1',
      10_000,
    );

    expect(result.kind).toBe('rotated');
    expect(setup.updates).toHaveLength(1);
  });

  test('is not read again after its move', async () => {
    const { setup, dependencies } = start();
    let isMoved = false;
    const result = await rotateWith(
      setup,
      withSecret(dependencies, (secret) => ({
        moveStage: (move) => {
          isMoved = true;
          return secret.moveStage(move);
        },
        read: async (which) =>
          isMoved && 'stage' in which && which.stage === rotationStages.underWay ? throttled : secret.read(which),
      })),
    );

    expect(result).toEqual({ kind: 'rotated' });
  });

  test('excludes a rotation that began a moment later, which calls nothing', async () => {
    const { setup, dependencies } = start();
    const result = await rotateWith(
      setup,
      withSecret(dependencies, (secret) => ({
        moveStage: async (move) => {
          if (move.to !== undefined) await putAt(setup, rotationStages.underWay);
          return secret.moveStage(move);
        },
      })),
    );

    expect(result).toEqual({ kind: 'not-rotated', detail: 'another rotation of this token began at the same time' });
    expect(setup.updates).toEqual([]);
    expect(await setup.secret.read({ stage: rotationStages.underWay })).toMatchObject({
      versionId: expect.stringContaining(otherId),
    });
  });

  test.each(['absent', 'of a rotation that crashed'])(
    'is moved five times at most, if it was %s, and then nothing is called',
    async (before) => {
      const { setup, dependencies } = start();
      if (before !== 'absent') await putAt(setup, rotationStages.underWay);
      setup.clock.pass(5 * 60_000);
      let moves = 0;
      const result = await rotateWith(
        setup,
        withSecret(dependencies, (secret) => ({
          moveStage: async (move) => {
            if (move.to !== undefined) moves += 1;
            return throttled;
          },
          read: async (which) =>
            moves > 0 && 'stage' in which && which.stage === rotationStages.underWay ? throttled : secret.read(which),
        })),
      );

      expect(result).toEqual({ kind: 'not-rotated', detail: throttled.detail });
      expect([moves, setup.updates]).toEqual([5, []]);
    },
  );

  test('that cannot be read is a reason to call nothing', async () => {
    const { setup, dependencies } = start();
    const result = await rotateWith(
      setup,
      withSecret(dependencies, (secret) => ({
        read: async (which) =>
          'stage' in which && which.stage === rotationStages.underWay ? throttled : secret.read(which),
      })),
    );

    expect(result).toEqual({ kind: 'not-rotated', detail: throttled.detail, notBegun: true });
    expect(setup.updates).toEqual([]);
  });
});

test.each([
  [{ kind: 'absent' }, 'there is no secret for the instance'],
  [throttled, throttled.detail],
  [
    { kind: 'version', versionId: otherId, text: '{}', createdAtMs: 0 },
    'the secret is malformed: apiTokenInstance is missing or not a string',
  ],
] as const)('a secret that reads as %j is not touched', async (reading, detail) => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('run/1');

  const result = await rotateWith(
    setup,
    withSecret(dependencies, () => ({ read: async () => reading })),
  );

  expect(result).toEqual({ kind: 'not-rotated', detail, notBegun: true });
  expect(setup.updates).toEqual([]);
});

test('a request that was not sent needs no test of the old token', async () => {
  const setup = createRotationSetup({ fault: 'not sent' });
  const startedAt = setup.clock.now();

  expect(await rotate(setup)).toEqual({ kind: 'not-rotated', detail: 'ECONNREFUSED' });
  expect(setup.clock.now()).toBe(startedAt);
});

test('an answer with the old token is no confirmation', async () => {
  const setup = createRotationSetup({ fault: 'no answer, no change' });
  const { dependencies } = setup.startProcess('run/1');

  const result = await rotateWith(setup, {
    ...dependencies,
    updateApiToken: async ({ credential }) => ({
      kind: 'token-updated',
      apiTokenInstance: credential.apiTokenInstance,
      requests: 1,
    }),
  });

  expect(result).toEqual({
    kind: 'not-rotated',
    detail: 'GREEN-API did not confirm the change, and still accepts the old token',
  });
  expect(setup.currentToken()).toBe(firstToken);
});

describe('a decision that is tried again', () => {
  const absent = { kind: 'absent' } as const;

  test.each([
    ['the new version', [throttled], throttled.detail],
    ['the record of the first try', [absent, throttled], throttled.detail],
    ['no version of the first try', [absent, absent], 'its version is gone'],
  ])('reports that nothing is known if %s cannot be read', async (_what, readings, problem) => {
    const setup = createRotationSetup({ fault: 'not sent' });
    await rotate(setup);
    const { dependencies } = setup.startProcess('run/1');
    const left = [...readings];

    const result = await rotateWith(
      setup,
      withSecret(dependencies, (secret) => ({
        read: async (which) => ('versionId' in which ? left.shift() : undefined) ?? secret.read(which),
      })),
    );

    expect(result).toEqual({
      kind: 'not-rotated',
      detail: `the result of an earlier attempt is not known: ${problem}`,
    });
  });

  test('looks three times for the token that the first try may be storing', async () => {
    const setup = createRotationSetup({ fault: 'lost answer' });
    const lost = { kind: 'token-lost', detail: 'GREEN-API has replaced the token, and its answer was lost' };
    const startedAt = setup.clock.now();

    expect(await rotate(setup)).toEqual(lost);
    expect(setup.clock.now() - startedAt).toBe(0);
    expect(await rotate(setup)).toEqual(lost);
    expect(setup.clock.now() - startedAt).toBe(6_000);
  });

  test('looks as often as there is time', async () => {
    const setup = createRotationSetup({ fault: 'lost answer' });
    await rotate(setup);
    const startedAt = setup.clock.now();

    expect((await rotate(setup, 'run/1', 5_000)).kind).toBe('token-lost');
    expect(setup.clock.now() - startedAt).toBe(3_000);
  });

  test('finds the token that the first try stores meanwhile', async () => {
    const setup = createRotationSetup({ fault: 'lost answer' });
    const rotation = { idInstance, clientRequestToken: 'c'.repeat(36) };
    const { dependencies } = setup.startProcess('c');
    const sleep = async (ms: number) => {
      setup.clock.pass(ms);
      const text = JSON.stringify({ apiTokenInstance: setup.liveToken() });
      await setup.secret.put({ versionId: rotation.clientRequestToken, text, stage: 'AWSPENDING' });
    };
    const { createSecret } = createRotationSteps({ ...dependencies, clock: { ...dependencies.clock, sleep } });

    const results = [];
    for (const _ of [1, 2]) results.push(await createSecret(rotation, setup.clock.now() + 60_000));

    expect(results.map(({ kind }) => kind)).toEqual(['token-lost', 'rotated']);
  });
});

describe('a token that GREEN-API rejects', () => {
  /** Counts the readings. */
  const start = (setup: Setup) => {
    const { dependencies } = setup.startProcess('run/2');
    const readState = jest.fn(dependencies.readState);
    return { dependencies: { ...dependencies, readState }, readings: () => readState.mock.calls.length };
  };

  test('gives way to the one that an interrupted rotation has stored, by one move of the label', async () => {
    const setup = createRotationSetup();
    setup.changeInConsole();
    await putAt(setup, rotationStages.token, setup.liveToken());
    const moves: unknown[] = [];
    const { dependencies } = start(setup);

    const result = await rotateWith(
      setup,
      withSecret(dependencies, (secret) => ({
        moveStage: (move) => {
          if (move.stage === 'AWSCURRENT') moves.push(move.from);
          return secret.moveStage(move);
        },
      })),
    );

    expect(result).toEqual({ kind: 'rotated' });
    expect(setup.currentToken()).toBe(setup.liveToken());
    expect(moves).toEqual([expect.stringContaining('version-at-the-start')]);
  });

  test('is left to the rotation of Secrets Manager that has stored another', async () => {
    const setup = createRotationSetup();
    setup.changeInConsole();
    await putAt(setup, 'AWSPENDING', setup.liveToken());

    expect(await rotate(setup)).toEqual({ kind: 'not-rotated', detail: 'a rotation by Secrets Manager is under way' });
    expect(setup.currentToken()).toBe(firstToken);
  });

  test('has no replacement in other tokens that are rejected, each of which is tried once', async () => {
    const setup = createRotationSetup();
    setup.changeInConsole();
    await putAt(setup, rotationStages.token, 'e'.repeat(50));
    await putAt(setup, 'AWSPENDING', 'e'.repeat(50));
    const { dependencies, readings } = start(setup);

    expect(await rotateWith(setup, dependencies)).toEqual({
      kind: 'not-rotated',
      detail: 'GREEN-API rejects the token in the secret',
    });
    expect(readings()).toBe(2);
  });

  test('and the new one too: the token is lost', async () => {
    const setup = createRotationSetup({ fault: 'wrong token' });
    const { dependencies } = start(setup);
    const updateApiToken: typeof dependencies.updateApiToken = (...call) => {
      setup.changeInConsole();
      return dependencies.updateApiToken(...call);
    };

    const result = await rotateWith(setup, {
      ...dependencies,
      updateApiToken: async ({ credential }, ...rest) => {
        await updateApiToken({ idInstance, credential }, ...rest);
        return { kind: 'token-updated', apiTokenInstance: 'f'.repeat(50) as never, requests: 1 };
      },
    });

    expect(result).toEqual({
      kind: 'token-lost',
      detail: 'GREEN-API rejects the token that it gave, and the one in the secret',
    });
  });
});

test('without an answer to the change and to the readings, the token may be lost', async () => {
  const setup = createRotationSetup({ fault: 'no answer, no change' });
  const { dependencies } = setup.startProcess('run/1');
  const readState: typeof dependencies.readState = (...call) =>
    setup.updates.length === 0 ? dependencies.readState(...call) : Promise.resolve(unanswered);

  expect(await rotateWith(setup, { ...dependencies, readState })).toEqual({
    kind: 'token-lost',
    detail: 'GREEN-API did not answer, and whether it has replaced the token is not known',
  });
});

test('a new token whose version has another value is lost', async () => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('run/1');

  const result = await rotateWith(
    setup,
    withSecret(dependencies, (secret) => ({
      put: async (version) => (version.stage === rotationStages.token ? { kind: 'other-value' } : secret.put(version)),
    })),
  );

  expect(result).toEqual({
    kind: 'token-lost',
    detail: 'GREEN-API has replaced the token, and the new one could not be stored: the version exists already',
  });
});

test('a new token that could be tested at the last moment is tested', async () => {
  const setup = createRotationSetup();
  const { dependencies } = setup.startProcess('run/1');
  const answers = [undefined, unanswered];
  const readState: typeof dependencies.readState = async (...call) =>
    answers.shift() ?? dependencies.readState(...call);
  const updateApiToken: typeof dependencies.updateApiToken = (...call) => {
    setup.clock.pass(15_800);
    return dependencies.updateApiToken(...call);
  };

  const result = await rotateWith(setup, { ...dependencies, readState, updateApiToken }, 'run/1', 20_000);

  expect(result).toEqual({ kind: 'rotated' });
});

describe('AWSCURRENT', () => {
  /** A rotation whose moves of the label are answered in another way, and whose readings are counted. */
  const start = () => {
    const setup = createRotationSetup();
    const { dependencies } = setup.startProcess('run/1');
    const readState = jest.fn(dependencies.readState);
    return { setup, dependencies: { ...dependencies, readState }, readings: () => readState.mock.calls.length };
  };
  const isCurrent = (which: object) => 'stage' in which && which.stage === 'AWSCURRENT';

  test('is not read again after its move', async () => {
    const { setup, dependencies, readings } = start();

    const result = await rotateWith(
      setup,
      withSecret(dependencies, (secret) => ({
        read: async (which) => (setup.updates.length > 0 && isCurrent(which) ? throttled : secret.read(which)),
      })),
    );

    expect([result, readings()]).toEqual([{ kind: 'rotated' }, 2]);
  });

  test.each([
    ['could not be moved, and is where it was', false, false],
    ['could not be moved or read', true, false],
    ['was moved without an answer', false, true],
  ])('%s: it is moved again, without a further reading of GREEN-API', async (_what, isUnread, isMoved) => {
    const { setup, dependencies, readings } = start();
    let failing = 0;

    const result = await rotateWith(
      setup,
      withSecret(dependencies, (secret) => ({
        moveStage: async (move) => {
          if (move.stage !== 'AWSCURRENT' || failing === 2) return secret.moveStage(move);
          failing += 1;
          if (isMoved) await secret.moveStage(move);
          return throttled;
        },
        read: async (which) => (isUnread && failing > 0 && isCurrent(which) ? throttled : secret.read(which)),
      })),
    );

    expect([result, readings()]).toEqual([{ kind: 'rotated' }, 2]);
    expect(setup.currentToken()).toBe(setup.liveToken());
  });

  test('that cannot be moved is named with the version that has the new token', async () => {
    const { setup, dependencies } = start();

    const result = await rotateWith(
      setup,
      withSecret(dependencies, (secret) => ({
        moveStage: async (move) => (move.stage === 'AWSCURRENT' ? throttled : secret.moveStage(move)),
      })),
    );

    expect(result).toEqual({
      kind: 'not-rotated',
      detail: expect.stringMatching(
        /^the new token is in version \S+ of the secret, and AWSCURRENT could not be moved to it: .*ThrottlingException$/,
      ),
    });
  });

  test('stays at a version that somebody made current meanwhile, unless GREEN-API accepts the new token', async () => {
    const { setup, dependencies } = start();
    const byHand = 'e'.repeat(50);
    const readState: RotationDependencies['readState'] = (...call) =>
      setup.updates.length === 0 ? dependencies.readState(...call) : Promise.resolve(unanswered);
    const updateApiToken: typeof dependencies.updateApiToken = (...call) => {
      setup.putByHand(byHand);
      return dependencies.updateApiToken(...call);
    };

    const result = await rotateWith(setup, { ...dependencies, readState, updateApiToken });

    expect(result).toMatchObject({
      kind: 'not-rotated',
      detail: expect.stringContaining('the new token is in version'),
    });
    expect(setup.currentToken()).toBe(byHand);
  });
});

test('deadlines of a rotation are on the scale of the service', () => {
  const before = deadlineIn(0);
  const { clock } = composeRotation({} as never, {} as never, { secretPrefix: '', allowedApiHosts: [] } as never);

  expect(clock.now()).toBeGreaterThanOrEqual(before);
  expect(clock.now()).toBeLessThanOrEqual(deadlineIn(0));
});

describe('a step of a rotation by Secrets Manager', () => {
  const rotation = { idInstance, clientRequestToken: 'c'.repeat(36) };
  const start = (fault?: UpdateFault) => {
    const setup = createRotationSetup({ fault });
    const { dependencies } = setup.startProcess('c');
    const step = (
      name: 'createSecret' | 'testSecret' | 'finishSecret',
      change: (secret: SecretVersions) => Partial<SecretVersions> = () => ({}),
      calls: Partial<RotationDependencies> = {},
    ) =>
      createRotationSteps(withSecret({ ...dependencies, ...calls }, change))[name](
        rotation,
        setup.clock.now() + 60_000,
      );
    return { setup, step };
  };
  /** Reads of the version that is pending fail. */
  const withoutPending = (secret: SecretVersions): Partial<SecretVersions> => ({
    read: async (which) =>
      'versionId' in which && which.versionId === rotation.clientRequestToken ? throttled : secret.read(which),
  });
  const onlyReads: Partial<SecretVersions> = { put: async () => throttled };
  const notRotated = (detail: string) => ({ kind: 'not-rotated', detail });

  test('that is repeated writes nothing', async () => {
    const { step } = start();
    let writes = 0;
    const created = await step('createSecret', (secret) => ({
      put: (version) => {
        if (version.versionId === rotation.clientRequestToken) writes += 1;
        return secret.put(version);
      },
    }));

    expect([created, writes]).toEqual([{ kind: 'rotated' }, 1]);
    expect(await step('createSecret', () => onlyReads)).toEqual({ kind: 'rotated' });
  });

  test('calls nothing if the pending version cannot be read', async () => {
    const { setup, step } = start();

    expect(await step('createSecret', withoutPending)).toEqual(notRotated(throttled.detail));
    expect(setup.updates).toEqual([]);
    expect(await step('testSecret', withoutPending)).toEqual(notRotated(throttled.detail));
    expect(await step('finishSecret', withoutPending)).toEqual(notRotated('there is no token in the pending version'));
  });

  test('fails if the token of an interrupted rotation cannot be made the pending one', async () => {
    const { setup, step } = start();
    setup.changeInConsole();
    await putAt(setup, rotationStages.token, setup.liveToken());

    const result = await step('createSecret', (secret) => ({
      put: async (version) => (version.stage === 'AWSPENDING' ? throttled : secret.put(version)),
    }));

    expect(result).toEqual(notRotated('the token that another rotation has stored was not copied'));
  });

  test('fails if the token that was put into the secret meanwhile cannot be read', async () => {
    const { setup, step } = start();
    let reads = 0;
    const result = await step(
      'createSecret',
      (secret) => ({
        read: async (which) => {
          const isCurrent = 'stage' in which && which.stage === 'AWSCURRENT';
          if (isCurrent) reads += 1;
          return isCurrent && reads > 2 ? throttled : secret.read(which);
        },
      }),
      {
        updateApiToken: async () => {
          setup.changeInConsole();
          setup.putByHand(setup.liveToken());
          return unanswered;
        },
      },
    );

    expect(result).toEqual(notRotated('the secret could not be read again'));
  });

  test('tests the current token if none is pending, and says so', async () => {
    const { setup, step } = start();

    expect(await step('testSecret')).toEqual({
      kind: 'rotated',
      detail: 'nothing is pending: the current token was tested',
    });
    setup.changeInConsole();
    expect(await step('testSecret')).toEqual(notRotated('the current token was rejected'));
    expect(await step('testSecret', () => ({ read: async () => ({ kind: 'absent' }) }))).toEqual(
      notRotated('there is no token to test'),
    );
  });

  test('fails if GREEN-API does not answer the test, or rejects the pending token', async () => {
    const { setup, step } = start();
    await step('createSecret');

    expect(await step('testSecret', undefined, { readState: async () => unanswered })).toEqual(
      notRotated('the pending token was not tested'),
    );
    expect(await step('testSecret')).toEqual({ kind: 'rotated' });
    setup.changeInConsole();
    expect(await step('testSecret')).toEqual(notRotated('the pending token was rejected'));
    expect(await step('finishSecret')).toEqual(notRotated('GREEN-API rejects the pending token'));
    expect(setup.currentToken()).toBe(firstToken);
  });

  test('fails if AWSCURRENT cannot be moved', async () => {
    const { step } = start();
    await step('createSecret');

    expect(await step('finishSecret', () => ({ moveStage: async () => throttled }))).toEqual(
      notRotated(throttled.detail),
    );
    expect(await step('finishSecret')).toEqual({ kind: 'rotated' });
  });
});
