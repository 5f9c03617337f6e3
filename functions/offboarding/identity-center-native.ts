import * as v from 'valibot';
import { instant } from '../runs/request.ts';
import {
  account,
  type Dialect,
  type DirectoryUser,
  type EventPattern,
  type LeaverReport,
  type ParseEvent,
  parseEventFields,
  type UserChange,
  word,
} from './dialect.ts';
import { bareUserId, identitiesOf, storeId, userIdPattern } from './directory-user.ts';

// The envelope is documented, the fields of `detail` are not, and no event was seen live: they are read tolerantly.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/eventbridge-event-message-structure.html

const source = 'aws.identitystore';
const detailTypes = { deleted: 'User Deleted', updated: 'User Updated' } as const;

// CloudTrail's events have the same source and another detail-type.
const patternOf = (...names: readonly string[]) => ({ source: [source], 'detail-type': names }) satisfies EventPattern;

const recognised = v.object({ 'detail-type': v.picklist(Object.values(detailTypes)), source: v.literal(source) });

const schema = v.object({ id: word, time: instant, account });

const listed = v.fallback(v.array(v.unknown()), []);
const fieldsOf = v.fallback(v.record(v.string(), v.unknown()), {});
const bodySchema = v.object({ resources: listed, detail: fieldsOf });

/** The values of the fields with this name, in any spelling: `userId`, `UserId`, `user-id`, `user_id`. */
const valuesAt = (fields: Readonly<Record<string, unknown>>, name: string): readonly unknown[] =>
  Object.entries(fields)
    .filter(([key]) => key.toLowerCase().replaceAll(/[-_]/g, '') === name)
    .map(([, value]) => value);

/** The end of each ARN of this type, such as `user` in `arn:aws:identitystore:::user/<id>`. */
const idsInArns = (resources: readonly unknown[], type: string): readonly unknown[] => {
  const pattern = new RegExp(`^arn:[a-z-]+:identitystore:.*\\b${type}/([^/]+)$`);
  return resources.map((arn) => (typeof arn === 'string' ? pattern.exec(arn)?.[1] : undefined));
};

/**
 * The user whom the event is about; `undefined` if it names none, or several. Only fields that can mean nothing else are read:
 * another user in it may be the administrator.
 */
const readUser = (event: unknown): DirectoryUser | undefined => {
  const { resources, detail } = v.parse(bodySchema, event);
  const inner = valuesAt(detail, 'user').flatMap((user) => {
    const fields = v.parse(fieldsOf, user);
    return [...valuesAt(fields, 'userid'), ...valuesAt(fields, 'id')];
  });
  const ids = [...idsInArns(resources, 'user'), ...valuesAt(detail, 'userid'), ...inner].filter(
    (id): id is string => typeof id === 'string' && userIdPattern.test(id),
  );
  const [userId] = ids.toSorted((a, b) => b.length - a.length);
  if (userId === undefined || new Set(ids.map((id) => bareUserId(id).toLowerCase())).size > 1) return undefined;
  const stores = [...idsInArns(resources, 'identitystore'), ...valuesAt(detail, 'identitystoreid')];
  return { userId, identityStoreId: stores.map((id) => v.parse(storeId, id)).find((id) => id !== undefined) };
};

const reportOf = (
  { id, time, account: ofEvent }: v.InferOutput<typeof schema>,
  user: DirectoryUser,
  kind: UserChange['kind'],
): LeaverReport => ({
  kind: 'report',
  people: [identitiesOf(user)],
  reason: `user ${kind} in IAM Identity Center`,
  source,
  id,
  occurredAt: time,
  occurredAtFrom: 'time',
  account: ofEvent,
  change: { userId: user.userId, kind },
});

/** Parses who was deleted, or changed. The event holds no e-mail address. */
export const parseIdentityCenterNative: ParseEvent = (event) => {
  if (!v.is(recognised, event)) return undefined;

  const isUpdate = event['detail-type'] === detailTypes.updated;
  const user = readUser(event);
  if (user === undefined && isUpdate)
    return { kind: 'not-an-offboarding', why: 'it names no user, or several, so nobody can be read', isDoubtful: true };
  if (user === undefined)
    return { kind: 'invalid', rule: 'resources and detail must name one user by its id: an ARN, or user-id' };

  const parsed = parseEventFields(schema, event);
  if (parsed.kind === 'invalid') return parsed;
  return isUpdate
    ? { kind: 'status-change', user, report: reportOf(parsed.fields, user, 'disabled') }
    : reportOf(parsed.fields, user, 'deleted');
};

/** IAM Identity Center's own notifications, without CloudTrail. */
export const identityCenterNative = {
  pattern: patternOf(detailTypes.deleted, detailTypes.updated),
  secondLook: patternOf(detailTypes.updated),
  bus: 'default',
  parse: parseIdentityCenterNative,
  refreshedDetail: () => ({}),
} as const satisfies Dialect;
