import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import * as v from 'valibot';
import { hasEnded, type Run } from '../../client/answers.ts';
import type { Result } from '../../client/result.ts';
import { type Api, describeFailure, valueIn } from '../api/api.ts';
import { explained } from '../aws/call-aws.ts';
import { CommandFailed } from '../errors.ts';
import type { Smoke } from './step.ts';

const detailType = 'Employee Offboarded';

const putOnBus = async ({ session, source }: Smoke, detail: object): Promise<void> => {
  const EventBusName = (await session.outputs()).require('EventBus');
  const entry = { EventBusName, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
  const client = explained(new EventBridgeClient(session.aws));
  const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }));
  const refusal = Entries[0]?.ErrorCode;
  if (refusal !== undefined) throw new CommandFailed(`The bus refused the event: ${refusal}.`);
};

const deliveredSchema = v.object({ runs: v.array(v.string()) });
const refusedSchema = v.object({ problem: v.string() });

const whyNotDelivered = (result: Result<v.InferOutput<typeof deliveredSchema>>): string => {
  if (result.kind === 'ok') return `${result.value.runs.length} runs started, and not one.`;
  const refused = v.safeParse(refusedSchema, 'body' in result ? result.body : undefined);
  return refused.success ? `${refused.output.problem}.` : describeFailure(result);
};

/** The local service takes events over HTTP. */
const postLocally = async ({ session, source }: Smoke, detail: object): Promise<void> => {
  const body = { source, 'detail-type': detailType, detail };
  const result = await (await session.api()).call(deliveredSchema, { method: 'POST', path: '/events', body });
  if (result.kind === 'ok' && result.value.runs.length === 1) return;
  throw new CommandFailed(`The event was not delivered: ${whyNotDelivered(result)}`);
};

/** How long EventBridge, the function and Lambda's list of runs may take together, in milliseconds. */
const longestMs = 120_000;
const pollMs = 2_000;
/** The newest runs, among which that of the event must be. */
const newest = 20;

const findRun = async (api: Api, id: string): Promise<Run | undefined> => {
  const listed = valueIn(await api.listRuns(newest));
  for (const { id: runId } of listed.filter(({ source }) => source === 'offboarding')) {
    const reading = await api.readRun(runId);
    if (reading.kind === 'problem') continue;
    const run = valueIn(reading);
    if (run.requestedBy.endsWith(` ${id}`)) return run;
  }
  return undefined;
};

/**
 * Puts an event on the bus of the deployment, or sends it to the local service, and waits for the end of its run. It is a dry run
 * for a person who exists nowhere.
 *
 * @throws CommandFailed if the run does not end in time
 */
export const sendSmokeEvent = async (smoke: Smoke, id: string): Promise<Run> => {
  const { session, reason } = smoke;
  const api = await session.api();
  await (session.options.stack === undefined ? postLocally : putOnBus)(smoke, { id, owner: id, reason, dryRun: true });
  const end = performance.now() + longestMs;
  let run: Run | undefined;
  while (performance.now() < end) {
    run = await findRun(api, id);
    if (run !== undefined && hasEnded(run)) return run;
    await sleep(pollMs);
  }
  throw new CommandFailed(
    run === undefined
      ? 'No run of the event appeared within two minutes. Look at the log of the offboarding function and at the failed queues.'
      : `Run ${run.id} of the event did not end within two minutes.`,
  );
};
