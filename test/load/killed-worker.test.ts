import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseInstanceId } from '../../functions/green-api/instance-id.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import { temporaryFolder } from '../support/lambda/harness.ts';
import { printFigures } from './figures.ts';
import { idsFrom, startFleet } from './fleet.ts';
import { startRuns } from './run/start-runs.ts';

jest.setTimeout(240_000);

const killer = join(__dirname, 'run', 'kill-at-checkpoint.cjs');
const atOnce = 15;

type Kill = { readonly moment: 'before' | 'after'; readonly at: number };
const noKill: Kill = { moment: 'after', at: 0 };

/** What GREEN-API answers to the logout that a new worker repeats. */
type RepeatedAnswer = 'is-logout' | 'starting-or-not-authorized' | 'http-429';

/** The role of each instance of a run. Their ids are consecutive. */
const roles = ['plain', 'still authorized at first', 'HTTP 500 at first', 'protected'] as const;
const withFailure = [...roles, 'wrong host'] as const;
const mostRuns = 200;
const firstIdOf = (run: number) => 1_101_000_000 + run * withFailure.length;

type Fleet = Awaited<ReturnType<typeof startFleet>>;

const prepare = (
  { greenApi, secretsManager }: Fleet,
  [, slow = '', failing = '', guarded = '', broken]: readonly string[],
) => {
  greenApi.setFault(slow, 'state-authorized', { times: 1 });
  greenApi.setFault(failing, 'http-500', { method: 'logout', times: 1 });
  secretsManager.tag(`green-api/${guarded}`, { protected: 'true' });
  if (broken !== undefined) greenApi.setFault(broken, 'http-403-html');
};

/** Executes one run in a Lambda of its own, and kills its worker once. */
const runWith = async (fleet: Fleet, ids: readonly string[], { moment, at }: Kill, repeated: RepeatedAnswer) => {
  prepare(fleet, ids);
  const count = join(temporaryFolder(), 'checkpoints');
  await using runs = await startRuns({
    ...fleet.variables,
    NODE_OPTIONS: `--require ${killer}`,
    CHECKPOINT_COUNT: count,
    KILL_MOMENT: moment,
    KILL_AT: String(at),
  });
  const [plain = ''] = ids;
  if (repeated === 'http-429')
    void runs.events
      .first((event) => event.kind === 'worker-exited')
      .then(() => fleet.greenApi.setFault(plain, 'http-429', { method: 'logout', times: 1 }));
  const instances = ids.flatMap((id) => parseInstanceId(id) ?? []);
  const { status, progress, outcomes } = await runs.logOutAll({
    target: { instances },
    at: new Date(Date.now() + 1_500).toISOString(),
  });
  return {
    // The part of the result that does not depend on the ids of the instances.
    result: {
      status,
      progress,
      // What a killed worker did must not be attributed to somebody else, so no kind may change.
      outcomes: outcomes.map(({ idInstance, kind, confirmed }) => ({
        role: withFailure[ids.indexOf(idInstance)],
        kind,
        confirmed,
      })),
    },
    killed: runs.events.items.filter((event) => event.kind === 'worker-exited' && event.exit === 'signal: SIGKILL')
      .length,
    checkpoints: readFileSync(count, 'utf8').length,
    logouts: ids.reduce((sum, id) => sum + fleet.greenApi.callsOf(id, 'logout').length, 0),
  };
};

test.each([
  ['succeeds', 'SUCCEEDED', roles, 'is-logout'],
  ['succeeds', 'SUCCEEDED', roles, 'starting-or-not-authorized'],
  ['succeeds', 'SUCCEEDED', roles, 'http-429'],
  ['fails for one instance', 'FAILED', withFailure, 'is-logout'],
] as const)(
  'a run that %s (%s, %j) has the same result when its worker is killed at any checkpoint and a repeated logout gets %s',
  async (_, status, instanceRoles, repeated) => {
    const fleetIds = idsFrom(firstIdOf(0), mostRuns * withFailure.length);
    const repeatedLogout = repeated === 'http-429' ? 'starting-or-not-authorized' : repeated;
    await using fleet = await startFleet({ ids: fleetIds, repeatedLogout });
    const idsOf = (run: number) => idsFrom(firstIdOf(run), instanceRoles.length);

    const alone = await runWith(fleet, idsOf(0), noKill, repeated);
    const kills = Array.from({ length: alone.checkpoints }, (_, index) => index + 1).flatMap((at): Kill[] => [
      { moment: 'before', at },
      { moment: 'after', at },
    ]);
    const killed = await inParallel(atOnce, kills, async (kill) => ({
      kill,
      ...(await runWith(fleet, idsOf(1 + kills.indexOf(kill)), kill, repeated)),
    }));

    const logouts = killed.map((run) => run.logouts);
    printFigures(
      `A run of ${instanceRoles.length} instances that ends ${status}, killed with SIGKILL at each checkpoint in turn`,
      [
        {
          checkpoints: alone.checkpoints,
          'killed runs': killed.length,
          'logouts left alone': alone.logouts,
          'logouts when killed': `${Math.min(...logouts)} to ${Math.max(...logouts)}`,
          'other results': killed.filter(({ result }) => JSON.stringify(result) !== JSON.stringify(alone.result))
            .length,
        },
      ],
    );
    expect(alone.result.status).toBe(status);
    expect(alone.result.progress).toEqual({
      total: instanceRoles.length,
      loggedOut: 3,
      failed: instanceRoles.length - 4,
      skipped: 1,
      pending: 0,
      ready: 0,
    });
    for (const { kill, result, killed: times } of killed)
      expect({ kill, result, times }).toEqual({ kill, result: alone.result, times: 1 });
  },
);
