import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as v from 'valibot';
import { InvalidRequest, parseBody } from './http/request.ts';
import { jsonResponse, problemDetails, problemResponse } from './http/response.ts';
import type { RouteKeyOf } from './http/routes.ts';
import { composeProviderHandler, type ProviderHandlerDependencies } from './identity-providers/handler-dependencies.ts';
import {
  createIdentifyProvider,
  type IdentityProvider,
  type ProviderKind,
} from './identity-providers/identity-providers.ts';
import { type HeldBack, waitingPerHourly } from './identity-providers/leaver-limit.ts';
import { type Deadlines, type OffboardingResult, worstOf } from './identity-providers/start-offboarding.ts';
import { parseCustom } from './offboarding/custom.ts';
import { describeInvalid, type Invalid, type LeaverReport } from './offboarding/dialect.ts';
import { parseOkta } from './offboarding/okta.ts';
import { noteOnEarlierRun } from './offboarding/start-reported-run.ts';
import { inParallel } from './platform/in-parallel.ts';
import { writeLine } from './platform/log.ts';
import type { LambdaFailure } from './runs/lambda/failure.ts';

type Dependencies = Omit<ProviderHandlerDependencies, 'readOwners'>;

type Response = APIGatewayProxyStructuredResultV2;
type Answer = (event: APIGatewayProxyEventV2, provider: IdentityProvider) => Response | Promise<Response>;

/** A delivery that is refused loses everybody in it, so its limit is close to Lambda's own, 6 MB. */
const longestBytes = { detail: 16 * 1_024, events: 5 * 1_024 * 1_024 } as const;

/** How long the sender of a webhook waits, in milliseconds, for the first reading of the owners. The function has 29 seconds. */
const ownersTimeMs = 20_000;

/** Okta waits three seconds in all, cold start included. In milliseconds from the call of the handler. */
const oktaTimes = { owners: 1_000, starts: 1_500 } as const;
/** Events of one delivery whose runs are started at once. */
const parallelEvents = 10;

const noContent: Response = { statusCode: 204, headers: { 'cache-control': 'no-store' } };

const unauthorized = (): Response => {
  const problem = problemResponse({
    code: 'unauthorized',
    status: 401,
    title: 'The token is missing or wrong',
    detail: 'Send "Authorization: Bearer <token>" with the token that was made for this identity provider.',
  });
  return { ...problem, headers: { ...problem.headers, 'www-authenticate': 'Bearer' } };
};

const heldBackDetails = {
  hour: 'At least one person is not logged out. Send the request again later. If it is right, raise maxPerHour of this identity provider.',
  waiting: `The person is not logged out: ${waitingPerHourly} times maxPerHour people of this identity provider already wait for their effectiveAt. Stop their runs ("stop --provider"), or raise maxPerHour.`,
  'too-fast': 'The person is not logged out: too many were reported within seconds. Send it again, with the same id.',
} as const satisfies Record<HeldBack['why'], string>;

/** @param heldBackStatus which the client sends again after */
const notStartedProblem = (result: HeldBack | LambdaFailure, heldBackStatus: 429 | 503): Response =>
  result.kind === 'held-back'
    ? problemResponse({
        code: 'held-back',
        status: heldBackStatus,
        title: 'This identity provider has reached its limit',
        detail: heldBackDetails[result.why],
        retryAfter: result.retryAfter,
      })
    : problemResponse({
        code: 'unavailable',
        status: 503,
        title: 'Somebody could not be offboarded now',
        detail: `${result.detail}. Send it again, with the same id.`,
        retryAfter: 5,
      });

type Detail = { readonly id?: unknown; readonly occurredAt?: unknown };

/** As it was sent: an object schema leaves out a field with a name such as `__proto__`, which is to be refused. */
const detailSchema = v.custom<Detail>(
  (value) => typeof value === 'object' && value !== null,
  'must be a JSON object such as {"id": "hr-1", "email": "john.doe@example.com"}',
);
const heartbeatSchema = v.strictObject({ heartbeat: v.literal(true, 'must be true') });

/** The body is the detail of a custom event. */
const invalidBody = ({ field = 'detail', rule }: Invalid): InvalidRequest =>
  new InvalidRequest(field === 'detail' ? 'body' : field.replace(/^detail\./, ''), rule);

/** Reads the body as the detail of a custom event. @throws InvalidRequest */
const parseDetail = (detail: Detail, now: number): LeaverReport => {
  if (detail.id === undefined || detail.id === null)
    throw new InvalidRequest('id', 'is missing: the same id is the same run, however often it is sent');
  const event = { 'detail-type': 'Employee Offboarded', source: 'webhook', time: new Date(now).toISOString() };
  const reading = parseCustom({ ...event, id: 'webhook', detail });
  if (reading?.kind === 'report')
    return reading.occurredAtFrom === 'time' ? { ...reading, occurredAtFrom: 'arrival' } : reading;
  if (reading?.kind === 'invalid') throw invalidBody(reading);
  throw new Error('the custom dialect did not read its own event');
};

/** `POST /offboarding` */
const createPostOffboarding =
  ({ startOffboarding, now }: Dependencies): Answer =>
  async (event, provider) => {
    const { requestId } = event.requestContext;
    const detail = parseBody(event, detailSchema, longestBytes.detail);
    if ('heartbeat' in detail) {
      parseBody(event, heartbeatSchema, longestBytes.detail);
      return noContent;
    }
    const deadlines = { ownersUntilMs: now() + ownersTimeMs };
    const result = await startOffboarding(provider, { ...parseDetail(detail, now()), requestId }, deadlines);
    if (result.kind === 'invalid') throw invalidBody(result);
    if (result.kind !== 'accepted') return notStartedProblem(result, 429);
    const [run] = result.runs;
    if (run === undefined) throw new Error('a report of one person had no run');
    const { kind: _, isEarlier: __, ...shown } = run;
    return jsonResponse(
      202,
      { ...shown, note: noteOnEarlierRun(run, now()) },
      { location: `/forced-logouts/${run.id}` },
    );
  };

/** `GET /okta-event-hook`: Okta sends a value once, and wants it back. */
const answerChallenge: Answer = ({ headers }) => {
  const verification = headers['x-okta-verification-challenge'];
  if (verification === undefined || verification.length > 1_024)
    throw new InvalidRequest('x-okta-verification-challenge', 'must be a header of at most 1024 characters');
  return jsonResponse(200, { verification });
};

const hookSchema = v.looseObject(
  { data: v.looseObject({ events: v.array(v.unknown(), 'must be a list') }, 'must be an object with the list events') },
  'must be the JSON of an Okta event hook',
);

const notOfSystemLog: Invalid = { kind: 'invalid', rule: 'the event is not one of the System Log' };

/** `POST /okta-event-hook` */
const createPostEvents = ({ startOffboarding, metrics, now }: Dependencies): Answer => {
  const start = async (
    provider: IdentityProvider,
    detail: unknown,
    requestId: string,
    deadlines: Deadlines,
  ): Promise<OffboardingResult> => {
    const event = { source: 'aws.partner/okta.com/event-hook', 'detail-type': 'SystemLog', detail };
    const reading = parseOkta(event) ?? notOfSystemLog;
    if (reading.kind === 'not-an-offboarding') return { kind: 'accepted', runs: [] };
    const result =
      reading.kind === 'report' ? await startOffboarding(provider, { ...reading, requestId }, deadlines) : reading;
    if (result.kind === 'invalid') metrics.unreadable(provider, describeInvalid(result));
    return result;
  };

  return async (event, provider) => {
    const { data } = parseBody(event, hookSchema, longestBytes.events);
    const { requestId } = event.requestContext;
    const deadlines = { ownersUntilMs: now() + oktaTimes.owners, startsUntilMs: now() + oktaTimes.starts };
    // An unexpected error over one event must not keep the others from being started.
    const settled = await inParallel(parallelEvents, data.events, async (detail) =>
      Promise.allSettled([start(provider, detail, requestId, deadlines)]),
    );
    const failed = settled.flat().flatMap((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value.kind === 'accepted' || result.value.kind === 'invalid' ? [] : [result.value];
    });
    const worst = worstOf(failed);
    // Okta sends once more after a 5xx, and never after a 4xx. What cannot be read stays unreadable: an alarm reports it.
    return worst === undefined ? noContent : notStartedProblem(worst, 503);
  };
};

type Kind = Exclude<ProviderKind, 'scim'>;

const createAnswers = (dependencies: Dependencies) => {
  const answers: Readonly<Record<RouteKeyOf<'webhook'>, { readonly kind: Kind; readonly answer: Answer }>> = {
    'POST /offboarding': { kind: 'webhook', answer: createPostOffboarding(dependencies) },
    'GET /okta-event-hook': { kind: 'okta-event-hook', answer: answerChallenge },
    'POST /okta-event-hook': { kind: 'okta-event-hook', answer: createPostEvents(dependencies) },
  };
  return new Map<string, { readonly kind: Kind; readonly answer: Answer }>(Object.entries(answers));
};

/** `POST /offboarding`, `GET` and `POST /okta-event-hook`: systems outside AWS report that somebody left. */
export const createWebhookHandler = (dependencies: Dependencies) => {
  const { providers, metrics, log } = dependencies;
  const identifyProvider = createIdentifyProvider(providers);
  const answers = createAnswers(dependencies);
  return middy<APIGatewayProxyEventV2, Response>({ timeoutEarlyInMillis: 0 })
    .use(problemDetails(log))
    .handler(async (event) => {
      const route = answers.get(event.routeKey);
      const identification = identifyProvider(event, route?.kind);
      if (identification.kind === 'refused') metrics.refused(event.routeKey, identification.reason);
      if (route === undefined || identification.kind === 'refused') return unauthorized();
      const { provider } = identification;
      metrics.request(provider);
      try {
        return await route.answer(event, provider);
      } catch (error) {
        if (error instanceof InvalidRequest && event.routeKey.startsWith('POST'))
          metrics.unreadable(provider, error.message);
        throw error;
      }
    });
};

export const handler = createWebhookHandler(composeProviderHandler(process.env, writeLine));
