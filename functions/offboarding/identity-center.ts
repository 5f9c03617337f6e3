import * as v from 'valibot';
import { instant } from '../runs/request.ts';
import { type Dialect, type EventPattern, type ParseEvent, parseEventFields, word } from './dialect.ts';

const detailType = 'AWS API Call via CloudTrail';
const sources = ['aws.sso-directory', 'aws.identitystore'] as const;
const eventSources = ['sso-directory.amazonaws.com', 'identitystore.amazonaws.com'] as const;
const eventNames = ['DisableUser', 'DeleteUser'] as const;

/** Selects the calls of the console and the public API by which a user leaves. */
export const identityCenterPattern = {
  source: sources,
  'detail-type': [detailType],
  detail: { eventSource: eventSources, eventName: eventNames, errorCode: [{ exists: false }] },
} as const satisfies EventPattern;

// Nobody but AWS can put an event whose source begins with `aws.`.
const recognised = v.object({
  'detail-type': v.literal(detailType),
  source: v.picklist(sources),
  detail: v.object({ eventSource: v.picklist(eventSources) }),
});

const actionSchema = v.object({
  detail: v.object({ eventName: v.string('must be a text'), errorCode: v.optional(v.unknown()) }),
});

// https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DeleteUser.html
const userId = v.pipe(
  v.string('must be a text'),
  v.regex(/^(?:[0-9a-f]{10}-)?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/, 'must be the id of a user'),
);

const schema = v.object({
  source: word,
  detail: v.object({
    eventID: word,
    eventTime: instant,
    requestParameters: v.object({
      userId,
      identityStoreId: v.fallback(v.optional(v.pipe(v.string(), v.regex(/^d-[0-9a-f]{10}$/))), undefined),
    }),
  }),
});

type User = v.InferOutput<typeof schema>['detail']['requestParameters'];

/** The id with and without its prefix: the number of the identity store. */
const identitiesOf = ({ userId, identityStoreId }: User): readonly string[] => {
  const bare = userId.slice(-36);
  if (bare !== userId) return [userId, bare];
  return identityStoreId === undefined ? [bare] : [`${identityStoreId.slice('d-'.length)}-${bare}`, bare];
};

/** Parses who was disabled or deleted. The event holds no e-mail address. */
export const parseIdentityCenter: ParseEvent = (event) => {
  if (!v.is(recognised, event)) return undefined;

  const action = parseEventFields(actionSchema, event);
  if (action.kind === 'invalid') return action;
  const { eventName } = action.fields.detail;
  if (!eventNames.some((name) => name === eventName))
    return { kind: 'not-an-offboarding', why: 'its eventName is not an offboarding' };
  if ('errorCode' in action.fields.detail)
    return { kind: 'not-an-offboarding', why: 'it has an errorCode: it was refused' };

  const parsed = parseEventFields(schema, event);
  if (parsed.kind === 'invalid') return parsed;
  const { source, detail } = parsed.fields;
  return {
    kind: 'departure',
    people: [identitiesOf(detail.requestParameters)],
    reason: `${eventName} in IAM Identity Center`,
    source,
    id: detail.eventID,
    occurredAt: detail.eventTime,
  };
};

/** IAM Identity Center, through CloudTrail. */
export const identityCenter = {
  pattern: identityCenterPattern,
  bus: 'default',
  parse: parseIdentityCenter,
  refreshedDetail: (eventTime, eventID) => ({ eventTime, eventID }),
} as const satisfies Dialect;
