import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as v from 'valibot';
import { type ApiDependencies, createApiHandler } from './http/access.ts';
import { invalidNext, nextEntry, parseQuery } from './http/request.ts';
import { jsonResponse, problemResponse } from './http/response.ts';
import {
  createList,
  type InstancePage,
  type ListedInstance,
  type ListInstances,
  type ListProblem,
  type Tag,
  tagValue,
} from './instances/directory.ts';
import { isInGroup, isOwnedBy } from './instances/identity.ts';
import {
  type Contact,
  matchOf,
  parseSearch,
  prepare,
  queryPattern,
  queryRule,
  shortenPhone,
} from './instances/search.ts';
import { countUnreadable, type UnreadableSecret } from './instances/unreadable-secrets.ts';
import { createSecretsManager } from './platform/aws-clients.ts';
import { defined } from './platform/defined.ts';
import { parseVariables, type Variables } from './platform/environment.ts';
import { createLog, type Write, writeLine } from './platform/log.ts';
import { listingSettings, readAccess } from './platform/settings.ts';

type InstancesHandlerDependencies = ApiDependencies & {
  readonly listInstances: ListInstances<Contact>;
  /** Milliseconds of a clock that is never set. */
  readonly nowMs: () => number;
};

/** An answer is full at this many instances; the page of the list that fills it is not cut. */
const fullAnswer = 100;
/** Time for reading pages, in milliseconds; then the answer says where to go on. */
const readingTimeMs = 15_000;

const shortText = v.pipe(
  v.string(),
  v.nonEmpty('must not be empty'),
  v.check((value) => [...value].length <= 256, 'must be at most 256 characters'),
);
const filter = v.optional(shortText);
const querySchema = v.strictObject({
  owner: filter,
  group: filter,
  query: v.optional(v.pipe(shortText, v.regex(queryPattern, queryRule))),
  next: nextEntry,
});

type Filter = Omit<v.InferOutput<typeof querySchema>, 'next'>;

type Entry = (ListedInstance | UnreadableSecret) & Contact;

const createMatches = ({ owner, group, query }: Filter): ((entry: Entry) => boolean) => {
  const search = query === undefined ? undefined : parseSearch(query);
  return (entry) =>
    (owner === undefined || isOwnedBy(entry, owner)) &&
    (group === undefined || isInGroup(entry, group)) &&
    (search === undefined || matchOf(prepare(entry), search).length > 0);
};

/** Reads page after page until the answer is full, the list has ended, or the time is over. */
const collect = async (
  { listInstances, nowMs }: InstancesHandlerDependencies,
  { next: start, ...filter }: v.InferOutput<typeof querySchema>,
): Promise<InstancePage<Contact> | ListProblem> => {
  const end = nowMs() + readingTimeMs;
  const matches = createMatches(filter);
  const instances: (ListedInstance & Contact)[] = [];
  const unreadable: (UnreadableSecret & Contact)[] = [];
  let next = start;
  do {
    const page = await listInstances(next);
    if (page.kind !== 'page') return page;
    instances.push(...page.instances.filter(matches));
    unreadable.push(...page.unreadable.filter(matches));
    next = page.next;
  } while (next !== undefined && instances.length < fullAnswer && nowMs() < end);
  return { kind: 'page', instances, unreadable, ...(next !== undefined && { next }) };
};

const respond = (answer: InstancePage | ListProblem): APIGatewayProxyStructuredResultV2 => {
  switch (answer.kind) {
    case 'page': {
      const { instances, unreadable, next } = answer;
      // What is not understood is named, because it may be somebody's instance.
      const named = unreadable.length > 0 ? countUnreadable(unreadable) : undefined;
      return jsonResponse(200, { instances, unreadable: named, next });
    }
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

/** `GET /instances?owner=&group=&query=&next=` */
export const createInstancesHandler = (dependencies: InstancesHandlerDependencies) =>
  createApiHandler(dependencies, async (event) => respond(await collect(dependencies, parseQuery(event, querySchema))));

/** Also of a tag that somebody wrote by hand, no more than the last digits leave. */
const parseContact = (tags: readonly Tag[]): Contact =>
  defined({ name: tagValue(tags, 'name'), phone: shortenPhone(tagValue(tags, 'phone') ?? '') || undefined });

export const composeInstances = (variables: Variables, write: Write): InstancesHandlerDependencies => ({
  listInstances: createList(
    { client: createSecretsManager(), ...parseVariables(listingSettings, variables) },
    parseContact,
  ),
  nowMs: () => performance.now(),
  access: readAccess(variables),
  log: createLog(write),
});

export const handler = createInstancesHandler(composeInstances(process.env, writeLine));
