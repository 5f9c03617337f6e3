import * as v from 'valibot';
import { instant } from '../runs/request.ts';
import type { EventPattern, ParseEvent } from './dialect.ts';
import { parseFields, word } from './dialect.ts';

const detailType = 'SystemLog';
const sourcePrefix = 'aws.partner/okta.com/';
// https://developer.okta.com/docs/reference/api/event-types/; `user.session.end` is an ordinary sign-out.
const eventTypes = ['user.lifecycle.deactivate', 'user.lifecycle.suspend', 'user.lifecycle.delete.initiated'] as const;

/** Okta's log streaming, on the partner event bus. */
export const oktaPattern = {
  source: [{ prefix: sourcePrefix }],
  'detail-type': [detailType],
  detail: { eventType: eventTypes, outcome: { result: ['SUCCESS'] } },
} as const satisfies EventPattern;

const recognised = v.object({
  'detail-type': v.literal(detailType),
  source: v.pipe(v.string(), v.startsWith(sourcePrefix)),
});

const happening = v.object({
  detail: v.object({
    eventType: v.string('must be a text'),
    outcome: v.object({ result: v.string('must be a text') }),
  }),
});

/** Okta writes this where it knows nothing. It is nobody's identity, and must not match a tag that says the same. */
const nothingKnown = 'unknown';

const identities = v.pipe(
  v.object({ alternateId: v.nullish(word), id: v.nullish(word) }),
  v.transform(({ alternateId, id }) => [alternateId ?? [], id ?? []].flat().filter((each) => each !== nothingKnown)),
  v.minLength(1, 'must have an id or an alternateId'),
);

/** Far more than one event of Okta's names, and each is a call. */
const mostPeople = 50;

const schema = v.object({
  source: word,
  detail: v.object({
    uuid: word,
    published: instant,
    target: v.pipe(
      v.array(v.unknown()),
      // Not `actor`, who is the admin; other targets are applications and the like.
      v.filterItems((target) => v.is(v.object({ type: v.literal('User') }), target)),
      v.minLength(1, 'must have an entry of type User'),
      v.maxLength(mostPeople, `must have at most ${mostPeople} entries of type User`),
      v.array(identities),
    ),
  }),
});

/** Reads who was deactivated, suspended or deleted. */
export const parseOkta: ParseEvent = (event) => {
  if (!v.is(recognised, event)) return undefined;

  const happened = parseFields(happening, event);
  if (happened.kind === 'broken') return happened;
  const { eventType, outcome } = happened.fields.detail;
  if (!eventTypes.some((type) => type === eventType))
    return { kind: 'not-an-offboarding', why: 'its eventType is not one by which somebody leaves' };
  if (outcome.result !== 'SUCCESS') return { kind: 'not-an-offboarding', why: 'its outcome is not SUCCESS' };

  const parsed = parseFields(schema, event);
  if (parsed.kind === 'broken') return parsed;
  const { source, detail } = parsed.fields;
  return {
    kind: 'left',
    people: detail.target,
    reason: `${eventType} in Okta`,
    source,
    id: detail.uuid,
    occurredAt: detail.published,
  };
};
