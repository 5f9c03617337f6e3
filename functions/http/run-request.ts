import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import {
  defaultExpiryAfter,
  defaultExpiryMs,
  defaultMaxTargetsWithin,
  type ForcedLogout,
  type RunLimits,
  requestEntries,
} from '../runs/request.ts';
import { parseCaller } from './caller.ts';
import { InvalidRequest, parseBody } from './request.ts';

/** Room for 3,000 ids, and as many exceptions. */
const longestBytes = 128 * 1_024;

const createBodySchema = (ceiling: number) =>
  v.strictObject(
    {
      ...requestEntries,
      maxTargets: v.exactOptional(
        v.pipe(
          v.number('must be a number'),
          v.maxValue(ceiling, `must be at most ${ceiling}, the ceiling of this deployment`),
          v.unwrap(requestEntries.maxTargets),
        ),
      ),
    },
    'must be a JSON object such as {"target": {"group": "sales"}, "reason": "phones lost"}',
  );

type Body = v.InferOutput<ReturnType<typeof createBodySchema>>;

/** A run that outlived its execution would end without a summary. */
const checkInstants = ({ at, expiresAt }: Body, latestEnd: Date): void => {
  if (expiresAt !== undefined && Date.parse(expiresAt) > latestEnd.getTime())
    throw new InvalidRequest('expiresAt', `must not be after ${latestEnd.toISOString()}: no run may last longer`);
  if (at === undefined) return;
  const latestAt = new Date(latestEnd.getTime() - (expiresAt === undefined ? defaultExpiryMs : 0));
  if (Date.parse(at) > latestAt.getTime())
    throw new InvalidRequest('at', `must not be after ${latestAt.toISOString()}: no run may wait longer`);
  if (expiresAt !== undefined && Date.parse(at) > Date.parse(expiresAt))
    throw new InvalidRequest('at', 'must not be after expiresAt');
};

/**
 * Reads a request for a run and its caller. The run is a function of the instant of the request, because that instant is
 * all that differs when the caller repeats the request.
 *
 * @throws InvalidRequest naming the field
 */
export const createParseRunRequest = ({ maxTargetsCeiling, executionTimeoutMs }: RunLimits, now: () => Date) => {
  const schema = createBodySchema(maxTargetsCeiling);
  const defaults = { maxTargets: defaultMaxTargetsWithin(maxTargetsCeiling) };

  return (event: APIGatewayProxyEventV2) => {
    const body = parseBody(event, schema, longestBytes);
    checkInstants(body, new Date(now().getTime() + executionTimeoutMs));
    const { requestedBy } = parseCaller(event);
    const requestAt = (instant: Date): ForcedLogout => {
      const occurredAt = instant.toISOString();
      const expiresAt = defaultExpiryAfter(body.at ?? occurredAt);
      return { ...defaults, expiresAt, ...body, requestedBy, source: 'api', occurredAt };
    };
    return { requestedBy, requestAt };
  };
};
