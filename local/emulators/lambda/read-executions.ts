import type { Event } from '@aws-sdk/client-lambda';
import type { Backend } from './backend.ts';
import type { Conductor } from './conductor.ts';
import type { Execution } from './execution.ts';
import { parseFunctionReference } from './function-reference.ts';
import { pageOf } from './paging.ts';
import type { Handle } from './request.ts';
import { notFound, violation } from './wire.ts';

/** @throws LambdaFailure when there is none of that ARN */
export const findExecution = (backend: Backend, arn: string): Conductor => {
  const conductor = backend.find(arn);
  if (conductor === undefined) throw notFound(`Durable execution not found: ${arn}`);
  return conductor;
};

const statusOf = ({ ended }: Execution) => ended?.status ?? 'RUNNING';

const summaryOf = (execution: Execution) => ({
  DurableExecutionArn: execution.started.arn,
  DurableExecutionName: execution.started.name,
  FunctionArn: execution.started.arn.slice(0, execution.started.arn.indexOf('/')),
  Status: statusOf(execution),
  StartTimestamp: new Date(execution.started.at),
  ...(execution.ended && { EndTimestamp: new Date(execution.ended.at) }),
});

const wantsData = (query: URLSearchParams) => query.get('IncludeExecutionData') !== 'false';

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html */
export const getExecution: Handle = (backend, { parameter, query }) => {
  const { execution } = findExecution(backend, parameter);
  const { started, ended } = execution;
  const data = { InputPayload: started.payload, Result: ended?.result, Error: ended?.error };
  const functionArn = summaryOf(execution).FunctionArn;
  return {
    body: {
      ...summaryOf(execution),
      Version: functionArn.slice(functionArn.lastIndexOf(':') + 1),
      ExecutionDataIncluded: wantsData(query),
      ...(wantsData(query) && data),
    },
  };
};

const withoutData = (event: Event): unknown =>
  JSON.parse(JSON.stringify(event, (key, value) => (key === 'Payload' ? undefined : value)));

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionHistory.html */
export const getHistory: Handle = (backend, { parameter, query }) => {
  const { page, ...next } = pageOf({
    items: findExecution(backend, parameter).execution.events,
    position: ({ EventId = 0 }) => EventId,
    newestFirst: query.get('ReverseOrder') === 'true',
    query,
  });
  return { body: { Events: wantsData(query) ? page : page.map(withoutData), ...next } };
};

const parseInstant = (query: URLSearchParams, name: string, absent: number): number => {
  const text = query.get(name);
  const instant = text === null ? absent : Date.parse(text);
  if (Number.isNaN(instant)) throw violation(name, 'Member must be a timestamp');
  return instant;
};

const filterOf = (functionName: string, query: URLSearchParams) => {
  const name = query.get('DurableExecutionName');
  const statuses = query.getAll('Statuses');
  const after = parseInstant(query, 'StartedAfter', -Infinity);
  const before = parseInstant(query, 'StartedBefore', Infinity);
  return ({ execution }: Conductor) =>
    execution.started.functionName === functionName &&
    (name === null || execution.started.name === name) &&
    (statuses.length === 0 || statuses.includes(statusOf(execution))) &&
    execution.started.at > after &&
    execution.started.at < before;
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListDurableExecutionsByFunction.html */
export const listExecutions: Handle = (backend, { parameter, query }) => {
  const { name, qualifier = '1' } = parseFunctionReference(parameter, query.get('Qualifier'));
  backend.host.resolve({ name, qualifier });
  const conductors = backend.conductors();
  const positions = new Map(conductors.map((conductor, position) => [conductor, position + 1]));
  const { page, ...next } = pageOf({
    items: conductors.filter(filterOf(name, query)),
    position: (conductor) => positions.get(conductor) ?? 0,
    newestFirst: query.get('ReverseOrder') !== 'true',
    query,
  });
  return { body: { DurableExecutions: page.map(({ execution }) => summaryOf(execution)), ...next } };
};
