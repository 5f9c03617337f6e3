import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { describeReadings, type Instance, isLoggedOut, type Run } from '../../client/answers.ts';
import { secondReadingWaitSeconds } from '../../client/client.ts';
import { describeUnreadable } from '../../client/instance-list.ts';
import type { Result } from '../../client/result.ts';
import { describeProgress } from '../../client/run-words.ts';
import type { RequestedRun } from '../../functions/runs/request.ts';
import { acceptedRunIn, valueIn } from '../api/api.ts';
import { findAll, formatFindings } from '../commands/doctor.ts';
import { waitForEnd } from '../follow-run.ts';
import { askYesOrNo } from '../input/questions.ts';
import { formatOutcomes } from '../output/describe-run.ts';
import { describeReading } from '../output/instances.ts';
import { printable } from '../output/printable.ts';
import { failed, notTried, ok, type Seen, type Smoke, type Step } from './step.ts';

const noInstance = notTried('no test instance was named with --instance');

const describeRun = ({ id, status, note, ...run }: Run): string =>
  printable([`run ${id}: ${status}, ${describeProgress(run)}`, note].filter(Boolean).join('; '));

const startRun = async (smoke: Smoke, request: Omit<RequestedRun<'api'>, 'reason'>) => {
  const api = await smoke.session.api();
  const started = await api.startRun({ ...request, reason: smoke.reason }, randomUUID());
  if (started.kind === 'ok') smoke.runs.push(started.value.id);
  return started;
};

/** Follows a run to its end. What is wrong with its instances is printed. */
export const followToEnd = async ({ session }: Smoke, id: string): Promise<Seen> => {
  const { value: run } = await waitForEnd(session, id);
  if (run.status === 'SUCCEEDED') return ok(describeRun(run));
  if (run.outcomes.length > 0) session.note(await formatOutcomes(run.outcomes));
  return failed(describeRun(run));
};

const overCeilingSchema = v.object({ code: v.literal('invalid-request'), field: v.literal('maxTargets') });

/** The API refuses a number of instances above the ceiling of the deployment. */
const isOverCeiling = (result: Result<unknown>): boolean =>
  result.kind === 'problem' && v.is(overCeilingSchema, result.body);

const listInstances = async ({ session }: Smoke) => valueIn(await (await session.api()).listInstances());

const describeInstance = ({ idInstance, owner, protected: isProtected }: Instance): string =>
  printable(`${idInstance} (${[owner ?? 'no owner', isProtected && 'protected'].filter(Boolean).join(', ')})`);

const doctorStep: Step = {
  name: 'doctor',
  expected: 'no check ends with an error',
  run: async ({ session }) => {
    const findings = await findAll(session);
    if (!session.options.json) session.print(await formatFindings(findings));
    const errors = findings.filter(({ status }) => status === 'error');
    const warnings = findings.filter(({ status }) => status === 'warning');
    const seen = `${findings.length} checks, ${warnings.length} warnings, ${errors.length} errors`;
    return errors.length === 0 ? ok(seen) : failed(`${seen}: ${errors.map(({ what }) => what).join(', ')}`);
  },
};

const listStep: Step = {
  name: 'list of instances',
  expected: 'at least one instance, and no secret that is not understood',
  run: async (smoke) => {
    const list = await listInstances(smoke);
    const { instances } = list;
    if (instances.length === 0) return failed('no instance: create one with the enroll command');
    const count = `${instances.length} instances, ${instances.filter((each) => each.protected).length} of them protected`;
    const unreadable = describeUnreadable(list);
    return unreadable === undefined ? ok(count) : failed(`${count}; ${unreadable}`);
  },
};

const drillStep: Step = {
  name: 'drill over every instance',
  expected: 'every credential works, and every state is read',
  run: async (smoke) => {
    const { instances } = await listInstances(smoke);
    // A run skips protected instances and does not count them. It must be allowed at least one.
    const maxTargets = Math.max(1, instances.filter((instance) => !instance.protected).length);
    const started = await startRun(smoke, { target: { all: true }, dryRun: true, maxTargets });
    if (isOverCeiling(started))
      return failed(
        `${maxTargets} instances are more than this deployment allows in one run. Drill each group: ${smoke.session.commandLine('run --group GROUP --dry-run --reason drill --follow')}`,
      );
    return followToEnd(smoke, acceptedRunIn(started).id);
  },
};

const logoutStep: Step = {
  name: 'logout of the test instance',
  expected: 'the logout is confirmed',
  run: async (smoke) => {
    const { session, instance: id, reason } = smoke;
    if (id === undefined) return noInstance;
    const api = await session.api();
    const { instances } = await listInstances(smoke);
    const instance = instances.find(({ idInstance }) => idInstance === id);
    if (instance === undefined) return failed(`no instance has the id ${id}`);
    if (instance.protected) return failed(`${id} is protected, so a run skips it: name another test instance`);
    const before = await api.readState(id);
    const state = describeReading(before);
    if (!(await askYesOrNo(session, `Log out ${describeInstance(instance)}, which is ${state}, at ${api.url.host}?`)))
      return notTried('you said no');
    const { confirmed, confirmedAt, readings, stateInstance } = valueIn(
      await api.logOut(id, { reason }, secondReadingWaitSeconds),
    );
    smoke.isLoggedOut = true;
    if (!confirmed) return failed(`${id} is not confirmed; its state is ${stateInstance}`);
    const by = readings === undefined ? [] : [describeReadings(readings)];
    const seen = [`${id} was ${state}; confirmed at ${confirmedAt}`, ...by].join(', ');
    // The answer is right, and shows no session that ends.
    return before.kind === 'ok' && isLoggedOut(before.value) ? notTried(`${seen}. Link it to see a logout`) : ok(seen);
  },
};

const runStep: Step = {
  name: 'run over the test instance',
  expected: 'the run succeeds, and its one instance is confirmed',
  run: async (smoke) => {
    if (smoke.instance === undefined) return noInstance;
    if (!smoke.isLoggedOut) return notTried('the test instance was not logged out');
    const started = await startRun(smoke, { target: { instances: [smoke.instance] }, maxTargets: 1 });
    return followToEnd(smoke, acceptedRunIn(started).id);
  },
};

const hourMs = 3_600_000;

const stopStep: Step = {
  name: 'stop of a drill that waits',
  expected: 'the status STOPPED',
  run: async (smoke) => {
    const { session } = smoke;
    const at = new Date(session.terminal.now().getTime() + hourMs).toISOString();
    const { id } = acceptedRunIn(await startRun(smoke, { target: { all: true }, dryRun: true, at }));
    const api = await session.api();
    acceptedRunIn(await api.stopRun(id));
    const run = valueIn(await api.readRun(id));
    return run.status === 'STOPPED' ? ok(`run ${id}: STOPPED`) : failed(describeRun(run));
  },
};

export const instanceSteps: readonly Step[] = [doctorStep, listStep, drillStep, logoutStep, runStep, stopStep];

/** Whether the unqualified list of Lambda shows executions of the alias: statuses, stops and limits rely on it. */
const missingInLambda = async ({ session, runs }: Smoke): Promise<readonly string[]> => {
  const { createExecutions } = await import('../aws/executions.ts');
  const missing = new Set(runs);
  const executions = createExecutions(session.aws).list((await session.outputs()).require('RunFunction'));
  for await (const { DurableExecutionName: name = '' } of executions) {
    missing.delete(name);
    if (missing.size === 0) break;
  }
  return [...missing];
};

export const runListStep: Step = {
  name: 'list of runs',
  expected: 'the runs of this test, which were started by the alias, in a list without a qualifier',
  run: async (smoke) => {
    const { session, runs } = smoke;
    if (runs.length === 0) return notTried('no run was started');
    const listed = valueIn(await (await session.api()).listRuns(100)).map(({ id }) => id);
    const missing = runs.filter((id) => !listed.includes(id));
    if (missing.length > 0) return failed(`GET /forced-logouts has no ${missing.join(', ')}`);
    if (session.options.stack === undefined) return ok(`GET /forced-logouts has all ${runs.length}`);
    const absent = await missingInLambda(smoke);
    return absent.length === 0
      ? ok(`GET /forced-logouts and Lambda's own list have all ${runs.length}`)
      : failed(`ListDurableExecutionsByFunction without a qualifier has no ${absent.join(', ')}`);
  },
};
