import type { Driver } from './driver.ts';
import type { Executions } from './executions.ts';
import { type Functions, version } from './functions.ts';
import { truncateEvent, withoutPayloads } from './history.ts';
import type { LambdaSettings } from './options.ts';
import {
  type Answer,
  invalidParameter,
  notFound,
  pageOf,
  parseFunctionReference,
  type Request,
  violation,
} from './protocol.ts';

export type Backend = {
  readonly executions: Executions;
  readonly functions: Functions;
  readonly settings: LambdaSettings;
};

export type Handle = (backend: Backend, request: Request) => Answer;

/** @throws LambdaFailure when there is none of that ARN */
export const findExecution = ({ executions }: Backend, { parameter: arn }: Request): Driver => {
  const driver = executions.find(arn);
  if (driver === undefined) throw notFound(`Durable execution not found: ${arn}`);
  return driver;
};

const summaryOf = ({ execution: { started, ended }, status }: Driver) => ({
  DurableExecutionArn: started.arn,
  DurableExecutionName: started.name,
  FunctionArn: started.arn.slice(0, started.arn.indexOf('/')),
  Status: status(),
  StartTimestamp: new Date(started.at),
  ...(ended && { EndTimestamp: new Date(ended.at) }),
});

const wantsData = (query: URLSearchParams) => query.get('IncludeExecutionData') !== 'false';

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html */
export const getExecution: Handle = (backend, request) => {
  const driver = findExecution(backend, request);
  const { started, ended } = driver.execution;
  const ExecutionDataIncluded = wantsData(request.query);
  const data = { InputPayload: started.payload, Result: ended?.result, Error: ended?.error };
  return {
    body: { ...summaryOf(driver), Version: version, ExecutionDataIncluded, ...(ExecutionDataIncluded && data) },
  };
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionHistory.html */
export const getHistory: Handle = (backend, request) => {
  const { query } = request;
  const { truncation } = backend.settings;
  const { page, ...next } = pageOf({
    items: findExecution(backend, request).execution.events,
    position: ({ EventId = 0 }) => EventId,
    newestFirst: query.get('ReverseOrder') === 'true',
    query,
  });
  if (!wantsData(query)) return { body: { Events: page.map(withoutPayloads), ...next } };
  return { body: { Events: truncation ? page.map((event) => truncateEvent(event, truncation)) : page, ...next } };
};

const listParameters: ReadonlySet<string> = new Set([
  'DurableExecutionName',
  'Marker',
  'MaxItems',
  'Qualifier',
  'ReverseOrder',
  'StartedAfter',
  'Statuses',
]);

/** A name is unique over all versions, so it is not combined with one; and an alias is not a version. */
const checkListQuery = (query: URLSearchParams, qualifier: string | undefined) => {
  const unknown = [...query.keys()].find((key) => !listParameters.has(key));
  if (unknown !== undefined) throw invalidParameter(`${unknown} is not part of this emulator.`);
  if (qualifier === undefined) return;
  if (query.has('DurableExecutionName')) {
    throw invalidParameter('Qualifier cannot be specified together with DurableExecutionName.');
  }
  if (!/^(?:\$LATEST|[0-9]+)$/.test(qualifier)) throw invalidParameter('Qualifier must be a version, not an alias.');
};

/** Milliseconds since 1970; without the parameter, every execution is later. */
const parseStartedAfter = (query: URLSearchParams): number => {
  const text = query.get('StartedAfter');
  const startedAfter = text === null ? Number.NEGATIVE_INFINITY : Date.parse(text);
  if (Number.isNaN(startedAfter)) throw violation('startedAfter', 'Member must be a timestamp');
  return startedAfter;
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListDurableExecutionsByFunction.html */
export const listExecutions: Handle = ({ executions, functions, settings }, { parameter, query }) => {
  const { name, qualifier } = parseFunctionReference(parameter, query.get('Qualifier'));
  checkListQuery(query, qualifier);
  functions.resolve({ name, qualifier: qualifier ?? version });
  const wantedName = query.get('DurableExecutionName');
  const statuses = query.getAll('Statuses');
  const startedAfter = parseStartedAfter(query);
  const isListed = ({ execution: { started }, status }: Driver) =>
    started.functionName === name &&
    (wantedName === null || started.name === wantedName) &&
    (statuses.length === 0 || statuses.includes(status())) &&
    started.at > startedAfter &&
    Date.now() - started.at >= settings.listingLagMs;
  const drivers = executions.all().map((driver, index) => ({ driver, position: index + 1 }));
  const { page, ...next } = pageOf({
    items: drivers.filter(({ driver }) => isListed(driver)),
    position: ({ position }) => position,
    newestFirst: query.get('ReverseOrder') !== 'true',
    query,
  });
  return { body: { DurableExecutions: page.map(({ driver }) => summaryOf(driver)), ...next } };
};
