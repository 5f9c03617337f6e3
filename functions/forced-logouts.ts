import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as v from 'valibot';
import { type ApiDependencies, createApiHandler } from './http/access.ts';
import { nameOfCaller, parseCaller } from './http/caller.ts';
import { apiRouteKeyOf } from './http/claims.ts';
import { rotationDisabled } from './http/logout-response.ts';
import {
  InvalidRequest,
  invalidNext,
  nextEntry,
  parseIdempotencyKey,
  parseQuery,
  pathParameter,
} from './http/request.ts';
import { jsonResponse, problemResponse } from './http/response.ts';
import type { RouteKeyOf } from './http/routes.ts';
import { createParseRunBody, createRequestOf } from './http/run-request.ts';
import {
  accepted,
  endedBefore,
  keyReused,
  retryRefused,
  runProblem,
  runResponse,
  watchResponse,
} from './http/run-response.ts';
import { composeRecordEvidence, createBus, createPublishEvents } from './logout/record-evidence.ts';
import { createLambda } from './platform/aws-clients.ts';
import { parseVariables, type Variables } from './platform/environment.ts';
import { createLog, type Write, writeLine } from './platform/log.ts';
import { publishingSettings, readAccess, readStartingEnvironment, watchingSettings } from './platform/settings.ts';
import { createDescribeRun } from './runs/lambda/describe-run.ts';
import { createFindRun } from './runs/lambda/find-run.ts';
import { createListRuns, type ListRuns, listedStatuses } from './runs/lambda/list-runs.ts';
import { createReadHistory } from './runs/lambda/read-history.ts';
import { createGetExecution, createReadExecution, createReadRun, type ReadRun } from './runs/lambda/read-run.ts';
import { createRecordStopped, type RecordStopped } from './runs/lambda/record-stopped.ts';
import { createRequestRun, createStartRun, type RequestRun } from './runs/lambda/start-run.ts';
import { createStopRun, type StopRun } from './runs/lambda/stop-run.ts';
import type { RunLimits } from './runs/request.ts';
import { createPlanRetry } from './runs/retry.ts';
import { createRecordRunEnd } from './runs/run-ended.ts';
import { parseRunName, runNameOf } from './runs/run-name.ts';
import { parseWatchName } from './runs/start-watch.ts';
import { createReadWatch, type ReadWatch } from './watch/read-watch.ts';

export type ForcedLogoutsHandlerDependencies = ApiDependencies & {
  readonly requestRun: RequestRun;
  readonly listRuns: ListRuns;
  readonly readRun: ReadRun;
  readonly stopRun: StopRun;
  readonly recordStopped: RecordStopped;
  readonly readWatch: ReadWatch;
  readonly stopWatch: StopRun;
  /** The deployment, as part of the names of its runs. */
  readonly stack: string;
  readonly limits: RunLimits;
  readonly now: () => Date;
};

type Response = APIGatewayProxyStructuredResultV2;
type Answer = (event: APIGatewayProxyEventV2) => Promise<Response>;

const createIdIn =
  <Name extends string>(parse: (value: unknown) => Name | undefined, rule: string) =>
  (event: APIGatewayProxyEventV2): Name => {
    const id = parse(pathParameter(event, 'id'));
    if (id === undefined) throw new InvalidRequest('id', rule);
    return id;
  };

const runIdIn = createIdIn(parseRunName, 'must be the id that a run was started with');
const watchIdIn = createIdIn(parseWatchName, 'must be the id of a watch: the `watch` of its run');

const createStart = ({ requestRun, readRun, stack, limits, now, log }: ForcedLogoutsHandlerDependencies): Answer => {
  const parseBody = createParseRunBody(limits);
  const requestOf = createRequestOf(limits, now);
  const planRetry = createPlanRetry(readRun, limits);

  const start = async (event: APIGatewayProxyEventV2, key: string, fields: Parameters<typeof requestOf>[1]) => {
    const { requestedBy, requestAt, rotateToken, past } = requestOf(event, fields);
    if (rotateToken && !limits.tokenRotation) return rotationDisabled();
    const id = runNameOf('api', { stack, requester: requestedBy, key });
    const run = await requestRun(id, requestAt, past === undefined);
    if (run.kind === 'not-started') throw new InvalidRequest(past?.field ?? 'at', past?.rule ?? 'is in the past');
    if (run.kind === 'other-request') return keyReused();
    if (run.kind !== 'accepted') return runProblem(run);
    log('INFO', 'run requested', { id, by: requestedBy });
    return accepted('run', id, run.status);
  };

  return async (event) => {
    const key = parseIdempotencyKey(event.headers['idempotency-key']) ?? randomUUID();
    const body = parseBody(event);
    if (!('retryOf' in body)) return start(event, key, body);
    const plan = await planRetry(body);
    if (plan.kind === 'fields') return start(event, key, plan.fields);
    return plan.kind === 'refused' ? retryRefused(plan) : runProblem(plan);
  };
};

const listQuery = v.strictObject({
  status: v.optional(v.picklist(listedStatuses, `must be one of ${listedStatuses.join(', ')}`)),
  next: nextEntry,
});

const createAnswers = (dependencies: ForcedLogoutsHandlerDependencies) => {
  const { listRuns, readRun, stopRun, recordStopped, readWatch, stopWatch, log } = dependencies;

  /** @returns why nothing was stopped; `undefined` if it is stopped, perhaps by an earlier call */
  const stop = async (event: APIGatewayProxyEventV2, what: 'run' | 'watch', stopExecution: StopRun, id: string) => {
    const { requestedBy, ...person } = parseCaller(event);
    const by = nameOfCaller({ requestedBy, ...person });
    const stopped = await stopExecution(id, by);
    if (stopped.kind === 'stopped') log('INFO', `${what} stopped`, { id, by, ...person });
    else if (stopped.kind !== 'ended') return runProblem(stopped, what);
    else if (stopped.status !== 'STOPPED') return endedBefore(what, stopped.status);
    return undefined;
  };

  const answers: Readonly<Record<RouteKeyOf<'forced-logouts'>, Answer>> = {
    'POST /forced-logouts': createStart(dependencies),
    'GET /forced-logouts': async (event) => {
      const page = await listRuns(parseQuery(event, listQuery));
      if (page.kind === 'invalid-next') throw invalidNext;
      return page.kind === 'page' ? jsonResponse(200, { runs: page.runs, next: page.next }) : runProblem(page);
    },
    'GET /forced-logouts/{id}': async (event) => {
      const id = runIdIn(event);
      const run = await readRun(id);
      return run.kind === 'run' ? runResponse(id, run) : runProblem(run);
    },
    'DELETE /forced-logouts/{id}': async (event) => {
      const id = runIdIn(event);
      const problem = await stop(event, 'run', stopRun, id);
      if (problem !== undefined) return problem;
      // Also when it was stopped before: the call that stopped it may have died before its evidence.
      await recordStopped(id, nameOfCaller(parseCaller(event)));
      return accepted('run', id, 'STOPPED');
    },
    'GET /watches/{id}': async (event) => {
      const id = watchIdIn(event);
      const watch = await readWatch(id);
      return watch.kind === 'watch' ? watchResponse(id, watch) : runProblem(watch, 'watch');
    },
    'DELETE /watches/{id}': async (event) => {
      const id = watchIdIn(event);
      return (await stop(event, 'watch', stopWatch, id)) ?? accepted('watch', id, 'STOPPED');
    },
  };
  return new Map<string, Answer>(Object.entries(answers));
};

const unknownRoute: Answer = async () =>
  problemResponse({
    code: 'unknown-route',
    status: 404,
    title: 'There is no such route',
    detail: 'Compare the method and the path with openapi.yaml.',
  });

/** `POST` and `GET /forced-logouts`, `GET` and `DELETE` of `/forced-logouts/{id}` and of `/watches/{id}` */
export const createForcedLogoutsHandler = (dependencies: ForcedLogoutsHandlerDependencies) => {
  const answers = createAnswers(dependencies);
  return createApiHandler(dependencies, (event) => (answers.get(apiRouteKeyOf(event)) ?? unknownRoute)(event));
};

const now = () => new Date();

export const composeForcedLogouts = (variables: Variables, write: Write): ForcedLogoutsHandlerDependencies => {
  const environment = readStartingEnvironment(variables);
  const { runFunction: functionName, runQualifier: qualifier, stack } = environment;
  const client = createLambda();
  const findRun = createFindRun({ client, functionName, sleep });
  const { watchFunction } = parseVariables(watchingSettings, variables);
  const findWatch = createFindRun({ client, functionName: watchFunction, sleep });
  const readExecution = createReadExecution({ client, findRun });
  const readHistory = createReadHistory(client);
  const log = createLog(write);
  // The outcomes that stopping a run leaves are not published: the event of the run tells them.
  const recordEvidence = composeRecordEvidence(log, environment, undefined);
  const bus = createBus(parseVariables(publishingSettings, variables).eventBus);
  const recordRunEnd = createRecordRunEnd(log, createPublishEvents(bus, log));
  return {
    requestRun: createRequestRun({ startRun: createStartRun({ client, functionName, qualifier }), readExecution, now }),
    listRuns: createListRuns({
      client,
      functionName,
      describeRun: createDescribeRun({
        getExecution: createGetExecution(client),
        sleep,
        nowMs: () => performance.now(),
        log,
      }),
    }),
    readRun: createReadRun({ readExecution, readHistory, ...environment }),
    stopRun: createStopRun({ client, findRun }),
    recordStopped: createRecordStopped({ readExecution, readHistory, recordEvidence, recordRunEnd, now, log }),
    readWatch: createReadWatch({ readExecution: createReadExecution({ client, findRun: findWatch }), readHistory }),
    stopWatch: createStopRun({ client, findRun: findWatch }),
    stack,
    limits: environment,
    access: readAccess(variables),
    now,
    log,
  };
};

export const handler = createForcedLogoutsHandler(composeForcedLogouts(process.env, writeLine));
