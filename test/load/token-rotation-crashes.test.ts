import { type Bundles, buildFunctions } from '../support/system/bundles.ts';
import type { KillPoint } from '../support/system/kill-proxy.ts';
import { afterLogout, bySecretsManager, inRun, startCrashSetup, type Way } from '../support/system/rotation-crash.ts';
import { createTokenSearch } from '../support/system/token-search.ts';

jest.setTimeout(1_200_000);

let bundles: Bundles;

beforeAll(async () => {
  bundles = await buildFunctions(['logout', 'rotate-token', 'run']);
});

afterAll(() => bundles[Symbol.dispose]());

/** Plays one way, killed at one point, and names everything that is wrong then. */
const play = async (way: Way, point?: KillPoint) => {
  await using setup = await startCrashSetup(bundles);
  const { told, calls, output } = await way(setup, point);
  const { updates, isChanged, isCurrent, isKept, tokens } = await setup.facts();
  const leaks = tokens.flatMap((token) => createTokenSearch(token)(output));
  const wrong = [
    ...(updates > 1 ? [`updateApiToken was sent ${updates} times`] : []),
    ...(told === 'rotated' && !(isChanged && isCurrent) ? ['AWSCURRENT is not the new token'] : []),
    ...((told === 'token-lost') === isKept ? ['what was told of the token is not true'] : []),
    ...(!isChanged && !isCurrent ? ['a usable token was overwritten'] : []),
    ...leaks.map((encoding) => `a token in the output: ${encoding}`),
  ];
  return { told, calls, wrong: wrong.map((problem) => ({ ...point, told, problem })) };
};

test.each<[string, Way]>([
  ['after a logout', afterLogout],
  ['by Secrets Manager', bySecretsManager],
  ['in a run', inRun],
])('a rotation %s whose process is killed before and after each of its requests tells the truth', async (_, way) => {
  const undisturbed = await play(way);
  const wrong: unknown[] = [...undisturbed.wrong];
  const told: string[] = [];
  for (let call = 1; call <= undisturbed.calls; call += 1)
    for (const when of ['before', 'after'] as const) {
      const cell = await play(way, { call, when });
      told.push(cell.told);
      wrong.push(...cell.wrong);
    }

  expect(undisturbed.told).toBe('rotated');
  expect(wrong).toEqual([]);
  // After the token was replaced, and before the new one was stored: the answer was on its way, or had just arrived.
  expect(told.filter((kind) => kind === 'token-lost')).toHaveLength(2);
});
