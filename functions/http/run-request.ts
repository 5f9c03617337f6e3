import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { pastInstant } from '../runs/past-instant.ts';
import {
  defaultExpiryAfter,
  defaultExpiryMs,
  defaultMaxTargetsWithin,
  fieldsOf,
  longestRunMs,
  overCeiling,
  type RunLimits,
  type RunRequest,
  runFields,
  runRequestSchema,
} from '../runs/request.ts';
import type { RetriedFields } from '../runs/retry.ts';
import { parseRunName, type RunName } from '../runs/run-name.ts';
import { parseCaller } from './caller.ts';
import { InvalidRequest, parseBody, requireFields } from './request.ts';

/** Enough for 3,000 ids, and as many exceptions. */
const longestBytes = 128 * 1_024;

const createBodySchema = (ceiling: number) => {
  const maxTargets = v.exactOptional(
    v.pipe(v.number('must be a number'), v.maxValue(ceiling, overCeiling(ceiling)), v.unwrap(runFields.maxTargets)),
  );
  const run = v.strictObject(
    { ...fieldsOf('api'), maxTargets },
    'must be a JSON object such as {"target": {"group": "sales"}, "reason": "phones lost"}',
  );
  const retry = v.strictObject({
    retryOf: v.custom<RunName>((value) => parseRunName(value) !== undefined, 'must be the id of a run'),
    reason: v.exactOptional(runFields.reason),
    dryRun: v.exactOptional(v.literal(true, 'must be true or missing: a drill stays a drill')),
    maxTargets,
    evenIfStopped: v.exactOptional(v.boolean('must be true or false')),
  });
  return v.lazy((body): typeof run | typeof retry =>
    typeof body === 'object' && body !== null && 'retryOf' in body ? retry : run,
  );
};

type RunBody = Exclude<v.InferOutput<ReturnType<typeof createBodySchema>>, { readonly retryOf: RunName }>;

/** A run that outlived its execution would end without a summary. */
const checkInstants = ({ at, expiresAt }: RunBody, now: Date, limits: RunLimits): void => {
  const latestEnd = new Date(now.getTime() + longestRunMs(limits));
  if (expiresAt !== undefined && Date.parse(expiresAt) > latestEnd.getTime())
    throw new InvalidRequest('expiresAt', `must not be after ${latestEnd.toISOString()}: no run may last longer`);
  if (at === undefined) return;
  const latestAt = new Date(latestEnd.getTime() - (expiresAt === undefined ? defaultExpiryMs(limits) : 0));
  if (Date.parse(at) > latestAt.getTime())
    throw new InvalidRequest('at', `must not be after ${latestAt.toISOString()}: no run may wait longer`);
  if (expiresAt !== undefined && Date.parse(at) > Date.parse(expiresAt))
    throw new InvalidRequest('at', 'must not be after expiresAt');
};

/** These are for the evidence alone: if one cannot be recorded, the run starts without it. */
const withoutUnreadable = ({ session, email, person }: Pick<RunRequest, 'session' | 'email' | 'person'>) => ({
  ...(v.is(v.unwrap(runRequestSchema.entries.session), session) && { session }),
  ...(v.is(v.unwrap(runRequestSchema.entries.email), email) && { email }),
  ...(v.is(v.unwrap(runRequestSchema.entries.person), person) && { person }),
});

/** Reads the body of a request for a run, or for a retry of an earlier one. @throws InvalidRequest naming the field */
export const createParseRunBody = ({ maxTargetsCeiling }: RunLimits) => {
  const schema = createBodySchema(maxTargetsCeiling);
  return (event: APIGatewayProxyEventV2) => parseBody(event, schema, longestBytes);
};

/**
 * Makes the run that a caller requests. The run is a function of the instant of the request, because that instant is
 * all that differs when the caller repeats the request.
 *
 * @throws InvalidRequest naming the field
 */
export const createRequestOf = (limits: RunLimits, now: () => Date) => {
  const defaults = { maxTargets: defaultMaxTargetsWithin(limits.maxTargetsCeiling) };

  return (event: APIGatewayProxyEventV2, fields: RunBody & Partial<RetriedFields>) => {
    checkInstants(fields, now(), limits);
    const { requestedBy, ...person } = parseCaller(event);
    const requestAt = (instant: Date): RunRequest => {
      const occurredAt = instant.toISOString();
      const expiresAt = defaultExpiryAfter(fields.at ?? occurredAt, limits);
      const caller = { requestedBy, ...withoutUnreadable(person) };
      return { ...defaults, expiresAt, ...fields, ...caller, source: 'api', occurredAt };
    };
    // The run refuses an invalid payload too, but by then the caller has been told that it started.
    requireFields(runRequestSchema, requestAt(now()), 'request');
    return { requestedBy, requestAt, rotateToken: fields.rotateToken === true, past: pastInstant(fields, now()) };
  };
};
