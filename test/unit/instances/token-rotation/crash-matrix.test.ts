import fc from 'fast-check';
import type { RotationDependencies, TokenRotation } from '../../../../functions/instances/token-rotation/attempt.ts';
import { createTestOldToken } from '../../../../functions/instances/token-rotation/old-token.ts';
import { createRotateToken } from '../../../../functions/instances/token-rotation/rotate-token.ts';
import { createRotationSteps } from '../../../../functions/instances/token-rotation/rotation-steps.ts';
import {
  createRotationSetup,
  firstToken,
  idInstance,
  type Kill,
  type UpdateFault,
} from '../../../support/rotation-setup.ts';

type Setup = ReturnType<typeof createRotationSetup>;
type Rotate = (dependencies: RotationDependencies, nowMs: () => number) => Promise<TokenRotation>;

const decision = 'run/1';
const clientRequestToken = 'c'.repeat(36);
const longMs = 300_000;

/** Rotates after a logout, alone or in a run. The decision is the request, or the run and the instance. */
const afterLogout: Rotate = (dependencies, nowMs) =>
  createRotateToken(dependencies)({ idInstance, decision }, nowMs() + longMs);

/** Rotates as Secrets Manager does, which stops at the first step that fails. */
const bySecretsManager: Rotate = async (dependencies, nowMs) => {
  const { createSecret, testSecret, finishSecret } = createRotationSteps(dependencies);
  let result: TokenRotation = { kind: 'rotated' };
  for (const step of [createSecret, testSecret, finishSecret]) {
    result = await step({ idInstance, clientRequestToken }, nowMs() + longMs);
    if (result.kind !== 'rotated') break;
  }
  return result;
};

const rotations = { 'after a logout': afterLogout, 'by Secrets Manager': bySecretsManager } as const;

const faults: readonly (UpdateFault | undefined)[] = [
  undefined,
  'lost answer',
  'no answer, no change',
  'refused',
  'not sent',
  'old works a while',
  'wrong token',
];

const run = async (setup: Setup, rotate: Rotate, kill?: Kill, loseAnswer?: Kill) => {
  const process = setup.startProcess(decision, { kill, loseAnswer });
  const result = await Promise.race([rotate(process.dependencies, setup.clock.now), process.killed]);
  return { result, calls: process.calls() };
};

const kindOf = (result: TokenRotation | 'killed') => (result === 'killed' ? result : result.kind);

/** What is wrong after an attempt. Empty if it left everything in order. */
const wrongIn = (setup: Setup, result: TokenRotation | 'killed'): readonly string[] => [
  ...setup.violations,
  ...(setup.updates.length > 1 ? [`updateApiToken was sent ${setup.updates.length} times`] : []),
  ...(kindOf(result) === 'rotated' && setup.currentToken() !== setup.liveToken() ? ['AWSCURRENT does not work'] : []),
  ...(kindOf(result) === 'token-lost' && setup.isKept() ? ['the token is not lost'] : []),
  ...(kindOf(result) === 'not-rotated' && !setup.isKept() ? ['the token is lost, and this was not reported'] : []),
];

/** The points before and after each external call of an undisturbed rotation. */
const pointsOf = async (fault: UpdateFault | undefined, rotate: Rotate): Promise<readonly Kill[]> => {
  const { calls } = await run(createRotationSetup({ fault }), rotate);
  return Array.from({ length: calls }, (_each, index) => index + 1).flatMap((call) =>
    (['before', 'after'] as const).map((when) => ({ call, when })),
  );
};

describe.each(Object.entries(rotations))('a rotation %s', (_, rotate) => {
  test.each(faults)('that loses the answer to any one external call, with updateApiToken: %s', async (fault) => {
    const points = await pointsOf(fault, rotate);
    const wrong: unknown[] = [];
    for (const point of points) {
      const setup = createRotationSetup({ fault });
      const first = await run(setup, rotate, undefined, point);
      const problems = wrongIn(setup, first.result);
      const second = await run(setup, rotate);
      for (const problem of [...problems, ...wrongIn(setup, second.result)])
        wrong.push([point, first.result, second.result, problem]);
    }

    expect(points.length).toBeGreaterThan(8);
    expect(wrong).toEqual([]);
  });

  test.each(faults)('that is killed before and after each external call, with updateApiToken: %s', async (fault) => {
    const kills = await pointsOf(fault, rotate);
    const wrong: unknown[] = [];
    for (const kill of kills) {
      const setup = createRotationSetup({ fault });
      const first = await run(setup, rotate, kill);
      const second = await run(setup, rotate);
      const third = await run(setup, rotate);
      for (const problem of [...wrongIn(setup, second.result), ...wrongIn(setup, third.result)])
        wrong.push([kill, kindOf(first.result), kindOf(second.result), kindOf(third.result), problem]);
    }

    expect(kills.length).toBeGreaterThan(8);
    expect(wrong).toEqual([]);
  });
});

describe('the test of the old token after a rotation', () => {
  const testOld = async (setup: Setup, kill?: Kill, loseAnswer?: Kill) => {
    const process = setup.startProcess(decision, { kill, loseAnswer });
    const test = createTestOldToken(process.dependencies)({ idInstance, decision }, setup.clock.now() + longMs);
    return { result: await Promise.race([test, process.killed]), calls: process.calls() };
  };
  const rotated = async (fault?: UpdateFault) => {
    const setup = createRotationSetup({ fault });
    await run(setup, afterLogout);
    return setup;
  };

  test('finds it dead, and working as long as GREEN-API accepts it', async () => {
    const dead = await rotated();
    const working = await rotated('old works a while');
    working.startGrace(60_000);

    const results = [await testOld(dead), await testOld(working)];
    working.clock.pass(60_000);

    expect(results.map(({ result }) => result)).toEqual([{ kind: 'dead' }, { kind: 'works' }]);
    expect((await testOld(working)).result).toEqual({ kind: 'dead' });
  });

  test('finds it by the label too, when another decision has replaced the token', async () => {
    const setup = await rotated();
    const process = setup.startProcess('run/2');

    const result = await createTestOldToken(process.dependencies)({ idInstance, decision: 'run/2' }, 1e15);

    expect(result).toEqual({ kind: 'dead' });
  });

  test('knows nothing if no version holds it, and says so', async () => {
    expect((await testOld(createRotationSetup())).result).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('no version of the secret holds it'),
    });
  });

  test('knows nothing if the decision has replaced no token', async () => {
    const setup = await rotated('not sent');

    expect((await testOld(setup)).result).toMatchObject({
      kind: 'unknown',
      detail: expect.stringContaining('no version of the secret holds it'),
    });
  });

  test.each([1, 2])('says why it knows nothing if reading %i of the secret fails', async (call) => {
    const { result } = await testOld(await rotated(), undefined, { call, when: 'before' });

    expect(result).toEqual({
      kind: 'unknown',
      detail: 'whether the old token still works is not known: Secrets Manager: TimeoutError',
    });
  });

  /** Tests the old token twice, the first time with a disturbance. */
  const disturb = async (fault: UpdateFault | undefined, kill?: Kill, loseAnswer?: Kill) => {
    const setup = await rotated(fault);
    if (fault !== undefined) setup.startGrace(longMs);
    const stateOf = () => [setup.currentText(), setup.updates.length, setup.liveToken(), ...setup.violations];
    const before = stateOf();
    const results = [(await testOld(setup, kill, loseAnswer)).result, (await testOld(setup)).result];
    expect(stateOf()).toEqual(before);
    expect(JSON.stringify(results)).not.toContain(firstToken);
    return results.map((result) => (result === 'killed' ? result : result.kind));
  };

  test.each([
    [undefined, 'dead'],
    ['old works a while', 'works'],
  ] as const)('changes nothing and is never wrong, whatever crashes: %s', async (fault, truth) => {
    const { calls } = await testOld(await rotated(fault));
    const points = Array.from({ length: calls }, (_, index) => [
      { call: index + 1, when: 'before' } as const,
      { call: index + 1, when: 'after' } as const,
    ]).flat();

    for (const point of points) {
      expect(await disturb(fault, point)).toEqual(['killed', truth]);
      const [first, again] = await disturb(fault, undefined, point);
      expect(['unknown', truth]).toContain(first);
      expect(again).toBe(truth);
    }
    expect(points).toHaveLength(6);
  });
});

test('two concurrent rotations of one token, in any order of their calls, end with a current token that works', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const setup = createRotationSetup();
      const gate = () => scheduler.schedule(Promise.resolve());
      const rotations = ['run/1', 'run/2'].map((each) =>
        createRotateToken(setup.startProcess(each, { gate }).dependencies)(
          { idInstance, decision: each },
          setup.clock.now() + longMs,
        ),
      );

      const results = await scheduler.waitFor(Promise.all(rotations));

      expect(setup.violations).toEqual([]);
      expect(new Set(setup.updates).size).toBe(setup.updates.length);
      expect(results.map(({ kind }) => kind)).not.toContain('token-lost');
      expect(results.map(({ kind }) => kind)).toContain('rotated');
      expect(setup.currentToken()).toBe(setup.liveToken());
    }),
    { numRuns: 300 },
  );
});

test('a rotation concurrent with one by Secrets Manager, in any order of their calls, loses no token', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const setup = createRotationSetup();
      const gate = () => scheduler.schedule(Promise.resolve());
      const rotations = [afterLogout, bySecretsManager].map((rotate, index) =>
        rotate(setup.startProcess(`rotation/${index}`, { gate }).dependencies, setup.clock.now),
      );

      const results = await scheduler.waitFor(Promise.all(rotations));

      expect(setup.violations).toEqual([]);
      expect(new Set(setup.updates).size).toBe(setup.updates.length);
      expect(results.map(({ kind }) => kind)).not.toContain('token-lost');
      expect(setup.isKept()).toBe(true);
    }),
    { numRuns: 300 },
  );
});
