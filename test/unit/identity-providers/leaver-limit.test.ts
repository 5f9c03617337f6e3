import fc from 'fast-check';
import type { IdentityProvider } from '../../../functions/identity-providers/identity-providers.ts';
import {
  createLeaverLimit,
  listLagMs,
  mostLeaversPerHour,
  pace,
} from '../../../functions/identity-providers/leaver-limit.ts';
import type { StartedRun } from '../../../functions/runs/lambda/list-started-runs.ts';

const hourMs = 3_600_000;

const providerOf = (maxPerHour: number, name = 'entra'): IdentityProvider => ({
  name,
  kind: 'scim',
  tokenSha256: [],
  maxPerHour,
});

/** A Lambda with a delayed list, and any number of processes with one clock. */
const startLambda = (lagMs = listLagMs) => {
  let now = 1_700_000_000_000;
  const started: (StartedRun & { readonly provider: string })[] = [];
  const createProcess = () => {
    let readyAt = 0;
    const limit = createLeaverLimit({
      listStartedRuns: async (provider, since) => ({
        kind: 'runs',
        runs: started.filter(
          (run) => run.provider === provider && run.startedAtMs > since.getTime() && run.startedAtMs <= now - lagMs,
        ),
      }),
      now: () => now,
      // The process waits. The others continue on the same clock.
      sleep: async (ms) => {
        readyAt = now + ms;
      },
    });
    return {
      isBusy: () => now < readyAt,
      report: async (provider: IdentityProvider, name: string) => {
        const admission = await limit.admit(provider, name);
        if (admission.kind === 'admitted')
          started.push({ name, provider: provider.name, startedAtMs: Math.max(now, readyAt) });
        return admission;
      },
      limit,
    };
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return { createProcess, started, pass };
};

test('for any arrival times, several processes together start at most the stated number of runs per hour', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(fc.nat(3), fc.oneof(fc.constant(0), fc.nat(1_500), fc.nat(120_000))), { maxLength: 400 }),
      async (maxPerHour, processes, arrivals) => {
        const lambda = startLambda();
        const all = Array.from({ length: processes }, lambda.createProcess);
        for (const [index, [process, gapMs]] of arrivals.entries()) {
          lambda.pass(gapMs);
          const chosen = all[process % processes];
          if (chosen !== undefined && !chosen.isBusy()) await chosen.report(providerOf(maxPerHour), `run-${index}`);
        }
        const times = lambda.started.map(({ startedAtMs }) => startedAtMs).sort((a, b) => a - b);
        const most = mostLeaversPerHour(maxPerHour, processes);
        for (const end of times)
          expect(times.filter((at) => at > end - hourMs && at <= end).length).toBeLessThanOrEqual(most);
      },
    ),
  );
});

test('a flood over two processes starts more than maxPerHour, but not more than the bound', async () => {
  const lambda = startLambda();
  const processes = [lambda.createProcess(), lambda.createProcess()];
  for (let tick = 0; tick < 1_000; tick += 1) {
    for (const [index, process] of processes.entries())
      if (!process.isBusy()) await process.report(providerOf(20), `run-${tick}-${index}`);
    lambda.pass(100);
  }

  expect(lambda.started.length).toBeGreaterThan(20);
  expect(lambda.started.length).toBeLessThanOrEqual(mostLeaversPerHour(20, 2));
});

test('holds leavers back until the oldest one is an hour old', async () => {
  const lambda = startLambda();
  const process = lambda.createProcess();
  await process.report(providerOf(2), 'one');
  lambda.pass(600_000);
  await process.report(providerOf(2), 'two');

  expect(await process.report(providerOf(2), 'three')).toEqual({ kind: 'held-back', retryAfter: 3_000 });
  lambda.pass(3_000_000);
  expect(await process.report(providerOf(2), 'three')).toEqual({ kind: 'admitted' });
});

test('a repeated run is not held back', async () => {
  const lambda = startLambda();
  const process = lambda.createProcess();
  await process.report(providerOf(1), 'one');

  expect(await process.report(providerOf(1), 'one')).toEqual({ kind: 'admitted' });
});

test('a new process counts the runs that Lambda lists', async () => {
  const lambda = startLambda();
  await lambda.createProcess().report(providerOf(1), 'one');
  lambda.pass(listLagMs);

  expect(await lambda.createProcess().report(providerOf(1), 'two')).toMatchObject({ kind: 'held-back' });
});

test('an identity provider cannot use up the limit of another provider', async () => {
  const process = startLambda().createProcess();
  await process.report(providerOf(1), 'one');

  expect(await process.report(providerOf(1, 'okta'), 'two')).toEqual({ kind: 'admitted' });
});

test('allows five at once and then one each second', async () => {
  let now = 0;
  const waits: number[] = [];
  const limit = createLeaverLimit({
    listStartedRuns: async () => ({ kind: 'runs', runs: [] }),
    now: () => now,
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  });
  for (let run = 0; run < pace.burst + 3; run += 1) await limit.admit(providerOf(100), `run-${run}`);

  expect(waits).toEqual([1_000, 1_000, 1_000]);
});

test('a run that Lambda did not start counts only for as long as the list can be outdated', async () => {
  const lambda = startLambda();
  const { limit } = lambda.createProcess();
  await limit.admit(providerOf(1), 'one');
  limit.release('one');

  expect(await limit.admit(providerOf(1), 'two')).toEqual({ kind: 'held-back', retryAfter: listLagMs / 1_000 });
  lambda.pass(listLagMs);
  expect(await limit.admit(providerOf(1), 'two')).toEqual({ kind: 'admitted' });
});

test('refuses every leaver while the runs cannot be counted', async () => {
  const limit = createLeaverLimit({
    listStartedRuns: async () => ({ kind: 'throttled', detail: 'Lambda: TooManyRequestsException' }),
    now: () => 0,
    sleep: async () => {},
  });

  expect(await limit.admit(providerOf(1), 'one')).toEqual({
    kind: 'throttled',
    detail: 'Lambda: TooManyRequestsException',
  });
});
