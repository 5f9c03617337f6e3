import * as v from 'valibot';
import { instant } from '../runs/request.ts';
import {
  account,
  actorOf,
  type Dialect,
  type EventPattern,
  type LeaverReport,
  type ParseEvent,
  parseEventFields,
  type UserChange,
  word,
} from './dialect.ts';
import { identitiesOf, storeId, userId } from './directory-user.ts';

const detailType = 'AWS API Call via CloudTrail';
const sourcePrefix = 'aws.';
// Console, public API, and SCIM: https://docs.aws.amazon.com/singlesignon/latest/userguide/scim-logging-using-cloudtrail.html
const eventSources = [
  'sso-directory.amazonaws.com',
  'identitystore.amazonaws.com',
  'identitystore-scim.amazonaws.com',
] as const;

/** What each call means. An update hides its values, so only the directory knows whether it disabled the user. */
const calls: Readonly<Record<string, UserChange['kind'] | 'changed'>> = {
  DisableUser: 'disabled',
  DeleteUser: 'deleted',
  PatchUser: 'changed',
  PutUser: 'changed',
  UpdateUser: 'changed',
};

/** EventBridge's `source` for SCIM is not documented, so any of AWS's will do. */
const patternOf = (eventName: readonly string[]) =>
  ({
    source: [{ prefix: sourcePrefix }],
    'detail-type': [detailType],
    detail: { eventSource: eventSources, eventName, errorCode: [{ exists: false }] },
  }) as const satisfies EventPattern;

// Nobody but AWS can put an event whose source begins with `aws.`.
const recognised = v.object({
  'detail-type': v.literal(detailType),
  source: v.pipe(v.string(), v.startsWith(sourcePrefix)),
  detail: v.object({ eventSource: v.picklist(eventSources) }),
});

const actionSchema = v.object({
  detail: v.object({ eventName: v.string('must be a string'), errorCode: v.optional(v.unknown()) }),
});

/** SCIM has other names than the console and the public API for the user and the identity store. */
const parametersSchema = v.pipe(
  v.object({
    userId: v.optional(v.unknown()),
    id: v.optional(v.unknown()),
    identityStoreId: storeId,
    tenantId: storeId,
  }),
  v.transform(({ id, tenantId, userId = id, identityStoreId = tenantId }) => ({
    ...(userId !== undefined && { userId }),
    identityStoreId,
  })),
  v.object({ userId, identityStoreId: v.optional(v.string()) }),
);

/**
 * Who called. Which fields there are depends on the type; a user of IAM Identity Center has only `onBehalfOf`, and a client of SCIM
 * only the id of its token (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html).
 */
const userIdentity = v.fallback(
  v.object({
    arn: v.optional(v.unknown()),
    onBehalfOf: v.fallback(v.object({ userId: v.optional(v.unknown()) }), {}),
    principalId: v.optional(v.unknown()),
    accessKeyId: v.optional(v.unknown()),
    userName: v.optional(v.unknown()),
  }),
  { onBehalfOf: {} },
);

const schema = v.object({
  source: word,
  account,
  detail: v.object({ eventID: word, eventTime: instant, requestParameters: parametersSchema, userIdentity }),
});

const operationsSchema = v.object({
  detail: v.object({
    requestParameters: v.object({
      httpBody: v.object({ operations: v.pipe(v.array(v.object({ path: v.string() })), v.minLength(1)) }),
    }),
  }),
});

/** The value of an operation on the whole user may have the status in it. CloudTrail may hide a name. */
const mayBeStatus = (path: string): boolean => /active|hidden|(?:^|:user)$/i.test(path.trim());

/** Whether each operation of a PATCH names its field, and none of these can be the status. */
const changesOtherFields = (event: unknown): boolean => {
  const parsed = v.safeParse(operationsSchema, event);
  if (!parsed.success) return false;
  const { operations } = parsed.output.detail.requestParameters.httpBody;
  return !operations.some(({ path }) => mayBeStatus(path));
};

const callerOf = ({ arn, onBehalfOf, principalId, accessKeyId, userName }: v.InferOutput<typeof userIdentity>) =>
  actorOf([arn, onBehalfOf.userId, principalId, accessKeyId], userName);

const reportOf = (
  { source, account, detail }: v.InferOutput<typeof schema>,
  eventName: string,
  kind: UserChange['kind'],
): LeaverReport => ({
  kind: 'report',
  people: [identitiesOf(detail.requestParameters)],
  reason: `${eventName} in IAM Identity Center`,
  source,
  id: detail.eventID,
  occurredAt: detail.eventTime,
  occurredAtFrom: 'detail.eventTime',
  ...callerOf(detail.userIdentity),
  account,
  change: { userId: detail.requestParameters.userId, kind },
});

/** Parses who was disabled, deleted or changed. The event holds no e-mail address. */
export const parseIdentityCenter: ParseEvent = (event) => {
  if (!v.is(recognised, event)) return undefined;

  const action = parseEventFields(actionSchema, event);
  if (action.kind === 'invalid') return action;
  const { eventName } = action.fields.detail;
  const meaning = Object.hasOwn(calls, eventName) ? calls[eventName] : undefined;
  if (meaning === undefined) return { kind: 'not-an-offboarding', why: 'its eventName is not an offboarding' };
  if ('errorCode' in action.fields.detail)
    return { kind: 'not-an-offboarding', why: 'it has an errorCode: it was refused' };
  if (changesOtherFields(event))
    return { kind: 'not-an-offboarding', why: 'it does not change the status of the user' };

  const parsed = parseEventFields(schema, event);
  if (parsed.kind === 'invalid') return parsed;
  if (meaning !== 'changed') return reportOf(parsed.fields, eventName, meaning);
  const user = parsed.fields.detail.requestParameters;
  return { kind: 'status-change', user, report: reportOf(parsed.fields, eventName, 'disabled') };
};

/** IAM Identity Center, through CloudTrail. */
export const identityCenter = {
  pattern: patternOf(Object.keys(calls)),
  secondLook: patternOf(Object.keys(calls).filter((call) => calls[call] === 'changed')),
  bus: 'default',
  parse: parseIdentityCenter,
  refreshedDetail: (eventTime, eventID) => ({ eventTime, eventID }),
} as const satisfies Dialect;
