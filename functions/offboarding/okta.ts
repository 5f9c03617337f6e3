import * as v from 'valibot';
import { instant } from '../runs/request.ts';
import {
  account,
  actorOf,
  type Dialect,
  type Invalid,
  isIdentity,
  type LeaverReport,
  type NotAnOffboarding,
  type ParseEvent,
  parseEventFields,
  word,
} from './dialect.ts';

const detailType = 'SystemLog';
const sourcePrefix = 'aws.partner/okta.com/';
// https://developer.okta.com/docs/reference/api/event-types/; `user.session.end` is an ordinary sign-out.
const eventTypes = ['user.lifecycle.deactivate', 'user.lifecycle.suspend', 'user.lifecycle.delete.initiated'] as const;

const recognised = v.object({
  'detail-type': v.literal(detailType),
  source: v.pipe(v.string(), v.startsWith(sourcePrefix)),
});

const actionSchema = v.object({
  detail: v.object({
    eventType: v.string('must be a string'),
    outcome: v.object({ result: v.string('must be a string') }),
  }),
});

/** Okta's placeholder for a missing value. It is nobody's identity and must not match a tag with the same text. */
const unknownValue = 'unknown';

const userSchema = v.object({
  type: v.literal('User'),
  alternateId: v.optional(v.unknown()),
  id: v.optional(v.unknown()),
});

/** The identities of one person; none if the target has nothing that can be compared with a tag. */
const identitiesOf = ({ alternateId, id }: v.InferOutput<typeof userSchema>): readonly string[] =>
  [alternateId, id].filter(isIdentity).filter((identity) => identity !== unknownValue);

/** Okta's events name far fewer people. Each person costs one call to Lambda. */
const mostPeople = 50;

const schema = v.object({
  source: word,
  account,
  detail: v.object({
    uuid: word,
    published: instant,
    actor: v.fallback(v.object({ id: v.optional(v.unknown()), alternateId: v.optional(v.unknown()) }), {}),
    target: v.pipe(
      v.array(v.unknown()),
      // Not `actor`, who is the admin; other targets are applications and the like.
      v.transform((targets) => targets.filter((target) => v.is(userSchema, target))),
      v.minLength(1, 'must have an entry of type User'),
      v.maxLength(mostPeople, `must have at most ${mostPeople} entries of type User`),
    ),
  }),
});

export const parseOkta: ParseEvent<LeaverReport | NotAnOffboarding | Invalid> = (event) => {
  if (!v.is(recognised, event)) return undefined;

  const action = parseEventFields(actionSchema, event);
  if (action.kind === 'invalid') return action;
  const { eventType, outcome } = action.fields.detail;
  if (!eventTypes.some((type) => type === eventType))
    return { kind: 'not-an-offboarding', why: 'its eventType is not an offboarding' };
  if (outcome.result !== 'SUCCESS') return { kind: 'not-an-offboarding', why: 'its outcome is not SUCCESS' };

  const parsed = parseEventFields(schema, event);
  if (parsed.kind === 'invalid') return parsed;
  const { source, account, detail } = parsed.fields;
  const people = detail.target.map(identitiesOf);
  const unnamed = people.filter((identities) => identities.length === 0).length;
  const problem: Invalid = {
    kind: 'invalid',
    rule: `detail.target: ${unnamed} of ${people.length} users have no usable id or alternateId`,
  };
  if (unnamed === people.length) return problem;
  return {
    kind: 'report',
    people: people.filter((identities) => identities.length > 0),
    ...(unnamed > 0 && { problem }),
    reason: `${eventType} in Okta`,
    source,
    id: detail.uuid,
    occurredAt: detail.published,
    occurredAtFrom: 'detail.published',
    ...actorOf([detail.actor.id], detail.actor.alternateId),
    account,
  };
};

/** Okta's log streaming, on a partner event bus. */
export const okta = {
  pattern: {
    source: [{ prefix: sourcePrefix }],
    'detail-type': [detailType],
    detail: { eventType: eventTypes, outcome: { result: ['SUCCESS'] } },
  },
  bus: 'partner',
  parse: parseOkta,
  refreshedDetail: (published, uuid) => ({ published, uuid }),
} as const satisfies Dialect;
