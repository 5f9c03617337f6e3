import { type BusEvent, parseEvent } from '../../emulators/eventbridge/event.ts';
import { matchesPattern } from '../../emulators/eventbridge/event-pattern.ts';
import { transformInput } from '../../emulators/eventbridge/input-transformer.ts';
import type { InstanceId } from '../../functions/green-api/instance-id.ts';
import { type Evidence, outcomeEventOf, outcomeSource, runEndedDetailType } from '../../functions/logout/evidence.ts';
import type { LogoutOutcome } from '../../functions/logout/outcome.ts';
import type { Outcome } from '../../functions/runs/outcome.ts';
import { resultsOf } from '../../functions/runs/outcome.ts';
import { runEndedOf } from '../../functions/runs/run-ended.ts';
import { linkedAgainEventOf } from '../../functions/watch/watch-evidence.ts';
import { type Configuration, parseConfiguration } from '../../infra/configuration/configuration.ts';
import { notificationEventNames } from '../../infra/configuration/notifications.ts';
import { createDescribeEvent } from '../../local/dev-server/notifications.ts';
import { fencesOf, readPage, tableRowsOf } from '../support/markdown.ts';
import { requestOf, runId } from '../support/run-setup.ts';
import {
  chatTopicArn,
  configurations,
  everything,
  mailTopicArn,
  render,
  resourcesIn,
  synthesize,
} from '../support/synthesize.ts';

const hostile = '"}],\\ \n\u0007<!channel> <text> $.detail \u202e';
const at = '2026-11-30T17:00:00.000Z';
const idInstance = '1101000001' as InstanceId;

const eventOf = (detailType: string, detail: object, source: string = outcomeSource): BusEvent => {
  const parsed = parseEvent({ source, 'detail-type': detailType, detail: JSON.parse(JSON.stringify(detail)) });
  if (parsed.kind === 'no-event') throw new Error(parsed.problem);
  return parsed.event;
};

const ended = (kind: Outcome['kind'] | undefined, end: object = {}, dryRun = false): BusEvent => {
  const outcomes = kind === undefined ? [] : [{ idInstance, kind, confirmed: false, attempts: 1, detail: hostile }];
  const request = requestOf({ target: { owner: hostile }, reason: hostile, dryRun });
  const results = resultsOf(outcomes as readonly Outcome[]);
  return eventOf(runEndedDetailType, runEndedOf({ id: runId, request, startedAt: at }, { ...results, ...end }, at));
};

const loggedOut = { kind: 'logged-out', confirmed: true } as LogoutOutcome;
const refused = { kind: 'credential-rejected', detail: hostile } as LogoutOutcome;

const logoutBy = (by: Evidence['function'], outcome: LogoutOutcome): BusEvent => {
  const run = { id: runId, source: 'api', tags: { owner: hostile, protected: false } } as const;
  const common = { version: 1, idInstance, requestedBy: hostile, reason: hostile, requestedAt: at } as const;
  const event = outcomeEventOf({ ...common, function: by, outcome, attempts: 1, readings: [], run });
  if (event === undefined) throw new Error('the outcome is not known yet');
  return eventOf(event.detailType, event.detail);
};

const linkedAgain = (): BusEvent => {
  const { detailType, detail } = linkedAgainEventOf({
    ...{ version: 1, idInstance, function: 'watch', watch: 'watch-1', requestedBy: hostile, reason: hostile },
    ...{ requestedAt: at, readings: [], outcome: { kind: 'linked-again', stateInstance: 'authorized' } },
    run: { id: runId, source: 'api', tags: { owner: hostile, protected: false } },
  });
  return eventOf(detailType, detail);
};

const failed = { failure: { type: 'NotAllConfirmed', message: hostile } };
const drillFailed = { failure: { type: 'DrillFailed', message: hostile } };

/** Every event that the service publishes, and the setting that asks for it. */
const events: readonly (readonly [string, BusEvent, string | undefined])[] = [
  ['a run that logged somebody out', ended('logged-out'), 'runs'],
  ['a run whose leaver was out already', ended('already-logged-out'), 'runs'],
  ['a run that failed', ended('credential-rejected', failed), 'runs'],
  ['a run that was stopped', ended('pending', { stoppedBy: hostile }), 'runs'],
  ['a drill that failed', ended('credential-rejected', drillFailed, true), 'runs'],
  ['a drill that was stopped', ended(undefined, { stoppedBy: hostile }, true), 'runs'],
  ['a drill that succeeded', ended('ready', {}, true), 'drills'],
  ['a drill that found its instance logged out', ended('already-logged-out', {}, true), 'drills'],
  ['a run that had nobody to log out', ended(undefined, { note: hostile }), 'idle-runs'],
  ['a run that skipped everybody', ended('skipped'), 'idle-runs'],
  ['a failed single logout', logoutBy('logout', refused), 'failed-logouts'],
  ['a confirmed single logout', logoutBy('logout', loggedOut), 'logouts'],
  ['an instance that was linked again', linkedAgain(), 'linked-again'],
  ['a failed logout of a run', logoutBy('run', refused), undefined],
  ['a confirmed logout of a run', logoutBy('run', loggedOut), undefined],
  ['an event of somebody else', { ...ended('logged-out'), source: 'com.example.hr' }, undefined],
];

const custom = synthesize(everything);
const rules = Object.entries(resourcesIn(custom, 'AWS::Events::Rule')).flatMap(([id, rule]) =>
  id.startsWith('NotificationsRule') ? [rule] : [],
);

/** What each topic gets of an event by the rules of the template. */
const deliver = (event: BusEvent): readonly (readonly [topic: string, message: string])[] =>
  rules
    .filter(({ EventPattern }) => matchesPattern(EventPattern, event))
    .flatMap(({ Targets }) => Targets)
    .map(({ Arn, InputTransformer }) => [Arn, transformInput(InputTransformer, event)]);

test.each(events)(
  'the deployed rules take %s where it is asked for, as a message that nothing in it breaks',
  (...row) => {
    const [, event, setting] = row;
    const isByDefault = ['runs', 'failed-logouts', 'linked-again'].includes(setting ?? '');

    const messages = deliver(event).map(([topic, message]) => [topic, JSON.parse(message)]);

    const { text } = event.detail;
    expect(text).toMatch(/^[^"\\<>\p{Cc}]{20,}$/u);
    const content = { textType: 'client-markdown', title: 'GREEN-API logout (logout-staging)', description: text };
    expect(messages).toEqual([
      ...(isByDefault ? [[mailTopicArn, text]] : []),
      ...(setting === 'linked-again' ? [[chatTopicArn, { version: '1.0', source: 'custom', content }]] : []),
    ]);
  },
);

test('the local service prints the messages that the deployed topics would get', () => {
  const describeEvent = createDescribeEvent(parseConfiguration(everything));

  for (const [, event] of events) {
    const printed = describeEvent(event).split('\n').slice(1, -1);
    expect(printed).toEqual(deliver(event).map(([topic, message]) => `notification to ${topic}: ${message}`));
  }
});

test('the local service shows a mail where no topic is configured, and otherwise the sentence of the event', () => {
  const describeEvent = createDescribeEvent(parseConfiguration());
  const [told, untold] = [ended('logged-out'), logoutBy('run', loggedOut)];

  expect(describeEvent(told)).toBe(
    `event "Logout Run Ended" from "green-api-logout"\nnotification to mail: "${told.detail.text}"\n`,
  );
  expect(describeEvent(untold)).toBe(
    `event "Instance Logged Out" from "green-api-logout": "1101000001": "${untold.detail.text}"\n`,
  );
});

test.each([...new Set(events.map(([, , setting]) => setting))].filter((setting) => setting !== undefined))(
  'a topic that asks for %s alone gets nothing else, and each event once',
  (setting) => {
    const configuration: Configuration = parseConfiguration({
      notifications: { topic: mailTopicArn, events: [setting, setting] },
    });
    const describeEvent = createDescribeEvent(configuration);

    const taken = events.filter(([, event]) => describeEvent(event).includes('notification to'));

    expect(taken.map(([name]) => name)).toEqual(
      events.filter(([, , wanted]) => wanted === setting).map(([name]) => name),
    );
    for (const [, event] of taken) expect(describeEvent(event).split('\n')).toHaveLength(3);
  },
);

test('a message that cannot be published goes to a queue; there is no role, with which it may fail', () => {
  for (const { Targets, EventBusName } of rules) {
    expect(Targets).toEqual([
      expect.objectContaining({
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^NotificationsUndelivered/), 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      }),
    ]);
    expect(Targets[0]).not.toHaveProperty('RoleArn');
    expect(EventBusName).toEqual({ Ref: expect.stringMatching(/^EventsBus/) });
  }
  expect(rules).toHaveLength(2);
});

test('the page names every event and the default, and its configuration is valid', () => {
  const page = readPage('docs/notifications.md');
  const rows = tableRowsOf(page);
  const [example = '', policy = ''] = fencesOf(page).flatMap(({ language, text }) =>
    language === 'json' ? [text] : [],
  );
  const { notifications } = parseConfiguration({ notifications: { topic: mailTopicArn } });

  expect(rows.flatMap(([name = '', told]) => (told?.match(/^(?:each|a|an) /) ? [name] : []))).toEqual(
    notificationEventNames.map((name) => `\`${name}\``),
  );
  expect(rows.find(([name]) => name === '`events`')?.[1]).toBe(
    notifications[0]?.events.map((name) => `\`${name}\``).join(', '),
  );
  expect(parseConfiguration(JSON.parse(example).context['green-api-logout']).notifications).toHaveLength(2);
  expect(JSON.parse(policy).Statement[0].Condition.ArnLike['aws:SourceArn']).toMatch(/:rule\/green-api-logout\/\*$/);
});

test('outputs name the topics and the queue for doctor, and there are none without notifications', () => {
  const outputsOf = (configuration: object) =>
    Object.entries(synthesize(configuration).template.Outputs)
      .filter(([key]) => key.startsWith('Notification'))
      .map(([key, { Value }]) => `${key}: ${render(Value)}`);

  expect(outputsOf(everything)).toEqual([
    `NotificationTopics: ${mailTopicArn},${chatTopicArn}`,
    'NotificationsUndelivered: <NotificationsUndelivered>',
  ]);
  expect(outputsOf(configurations.plain)).toEqual([]);
});
