import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as v from 'valibot';
import { invalidNext, nextEntry, parseQuery } from './http/request.ts';
import { jsonResponse, type LogUnexpected, problemDetails, problemResponse } from './http/response.ts';
import {
  createListInstances,
  type InstancePage,
  type ListedInstance,
  type ListInstances,
  type ListProblem,
} from './instances/directory.ts';
import { isInGroup, isOwnedBy } from './instances/identity.ts';
import { countUnreadable, type UnreadableSecret } from './instances/unreadable-secrets.ts';
import { createSecretsManager } from './platform/aws-clients.ts';
import { parseVariables, type Variables } from './platform/environment.ts';
import { createLog, type Write, writeLine } from './platform/log.ts';
import { listingSettings } from './platform/settings.ts';

export type InstancesHandlerDependencies = {
  readonly listInstances: ListInstances;
  readonly logUnexpected: LogUnexpected;
};

/** An answer is full at this many instances; the page of the list that fills it is not cut. */
const fullAnswer = 100;
/** Time for reading pages, in milliseconds; then the answer says where to go on. */
const readingTimeMs = 15_000;

const filter = v.optional(
  v.pipe(
    v.string(),
    v.nonEmpty('must not be empty'),
    v.check((value) => [...value].length <= 256, 'must be at most 256 characters'),
  ),
);
const querySchema = v.strictObject({
  owner: filter,
  group: filter,
  next: nextEntry,
});

type Query = v.InferOutput<typeof querySchema>;

const matches = ({ owner, group }: Query, instance: ListedInstance | UnreadableSecret): boolean =>
  (owner === undefined || isOwnedBy(instance, owner)) && (group === undefined || isInGroup(instance, group));

/** Reads page after page until the answer is full, the list has ended, or the time is over. */
const collect = async (listInstances: ListInstances, query: Query): Promise<InstancePage | ListProblem> => {
  const end = performance.now() + readingTimeMs;
  const instances: ListedInstance[] = [];
  const unreadable: UnreadableSecret[] = [];
  let { next } = query;
  do {
    const page = await listInstances(next);
    if (page.kind !== 'page') return page;
    instances.push(...page.instances.filter((instance) => matches(query, instance)));
    unreadable.push(...page.unreadable.filter((secret) => matches(query, secret)));
    next = page.next;
  } while (next !== undefined && instances.length < fullAnswer && performance.now() < end);
  return { kind: 'page', instances, unreadable, ...(next !== undefined && { next }) };
};

/** What is not understood is named, because it may be somebody's instance. */
const pageOf = ({ instances, unreadable, next }: InstancePage) => ({
  instances,
  ...(unreadable.length > 0 && { unreadable: countUnreadable(unreadable) }),
  next,
});

const respond = (answer: InstancePage | ListProblem): APIGatewayProxyStructuredResultV2 => {
  switch (answer.kind) {
    case 'page':
      return jsonResponse(200, pageOf(answer));
    case 'invalid-next':
      throw invalidNext;
    case 'list-denied':
      return problemResponse({
        code: 'list-denied',
        status: 500,
        title: 'The instances cannot be listed',
        detail: `This service lacks a right: ${answer.detail}.`,
      });
    case 'unavailable':
      return problemResponse({
        code: 'unavailable',
        status: 503,
        title: 'The instances cannot be listed now',
        detail: `${answer.detail}. Try again.`,
        retryAfter: 5,
      });
  }
};

/** `GET /instances?owner=&group=&next=` */
export const createInstancesHandler = ({ listInstances, logUnexpected }: InstancesHandlerDependencies) =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .use(problemDetails(logUnexpected))
    .handler(async (event) => respond(await collect(listInstances, parseQuery(event, querySchema))));

export const composeInstances = (variables: Variables, write: Write): InstancesHandlerDependencies => {
  const log = createLog(write);
  return {
    listInstances: createListInstances({
      client: createSecretsManager(),
      ...parseVariables(listingSettings, variables),
    }),
    logUnexpected: (error) => log('ERROR', 'unexpected error', error),
  };
};

export const handler = createInstancesHandler(composeInstances(process.env, writeLine));
