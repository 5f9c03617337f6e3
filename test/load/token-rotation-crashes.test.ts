import { inParallel } from '../../functions/platform/in-parallel.ts';
import type { KillPoint } from '../support/system/kill-proxy.ts';
import {
  afterLogout,
  bySecretsManager,
  inRun,
  type Scenario,
  startCrashSetup,
} from '../support/system/rotation-crash.ts';
import { createTokenSearch } from '../support/system/token-search.ts';

jest.setTimeout(1_200_000);

/** Runs one scenario, killed at one point, and lists everything that is wrong afterwards. */
const runScenario = async (scenario: Scenario, point?: KillPoint) => {
  await using setup = await startCrashSetup();
  const { reported, calls, output } = await scenario(setup, point);
  const { updates, isChanged, isCurrent, isKept, tokens } = await setup.facts();
  const leaks = tokens.flatMap((token) => createTokenSearch(token)(output));
  const wrong = [
    ...(updates > 1 ? [`updateApiToken was sent ${updates} times`] : []),
    ...(reported === 'rotated' && !(isChanged && isCurrent) ? ['AWSCURRENT is not the new token'] : []),
    ...((reported === 'token-lost') === isKept ? ['the report about the token is wrong'] : []),
    ...(!isChanged && !isCurrent ? ['a usable token was overwritten'] : []),
    ...leaks.map((encoding) => `a token in the output: ${encoding}`),
  ];
  return { reported, calls, wrong: wrong.map((problem) => ({ ...point, reported, problem })) };
};

test.each<[string, Scenario]>([
  ['after a logout', afterLogout],
  ['by Secrets Manager', bySecretsManager],
  ['in a run', inRun],
])(
  'a rotation %s reports correctly what happened when its process is killed before and after each request',
  async (_, scenario) => {
    const undisturbed = await runScenario(scenario);
    const calls = Array.from({ length: undisturbed.calls }, (_each, index) => index + 1);
    const points = calls.flatMap((call) => (['before', 'after'] as const).map((when) => ({ call, when })));
    // They mostly wait, each for emulators of its own.
    const killed = await inParallel(6, points, (point) => runScenario(scenario, point));

    expect(undisturbed.reported).toBe('rotated');
    expect([undisturbed, ...killed].flatMap(({ wrong }) => wrong)).toEqual([]);
    // Killed after the token was replaced and before the new one was stored: just before or just after the answer arrived.
    expect(killed.filter(({ reported }) => reported === 'token-lost')).toHaveLength(2);
  },
);
