import { parseEvent } from '../../emulators/eventbridge/event.ts';
import { dialectNames, dialects } from '../../functions/offboarding/dialects.ts';
import { samples } from '../../functions/offboarding/samples.ts';
import { parseConfiguration } from '../../infra/configuration/configuration.ts';
import { disabledDialects, offboardingRules, settingOf } from '../../infra/configuration/offboarding-rules.ts';
import { createMatchRules } from '../../local/dev-server/rules.ts';
import { changed, type SampleEvent, scimEvent } from '../support/offboarding-events.ts';
import { everything } from '../support/synthesize.ts';

const settingsOf = (value: unknown) => parseConfiguration(value).offboarding;
const settings = {
  everything: settingsOf(everything),
  default: settingsOf({}),
  nothing: settingsOf({ offboarding: { custom: { enabled: false } } }),
};

const match = (name: keyof typeof settings, event: SampleEvent) => {
  const parsed = parseEvent(event);
  if (parsed.kind === 'no-event') throw new Error(parsed.problem);
  return createMatchRules(settings[name])(parsed.event);
};

test('a configuration can enable every dialect', () => {
  expect(disabledDialects(settings.everything)).toEqual([]);
  expect(offboardingRules(settings.everything).map(({ name }) => name)).toEqual([
    ...dialectNames,
    'identityCenterSecondLook',
    'identityCenterNativeSecondLook',
    'rest',
  ]);
});

test.each(dialectNames)('the local service delivers the sample of %s only if the configuration enables it', (name) => {
  expect(match('everything', samples[name])).toEqual({ matched: [name] });
  expect(match('nothing', samples[name])).toEqual({
    matched: dialects[name].bus === 'own' ? ['rest'] : [],
    problem: `the configuration does not enable ${settingOf(name)}`,
  });
});

test.each([
  ['an update', scimEvent('PatchUser'), ['identityCenter', 'identityCenterSecondLook']],
  [
    'a native update',
    changed(samples.identityCenterNative, { 'detail-type': 'User Updated' }),
    ['identityCenterNative', 'identityCenterNativeSecondLook'],
  ],
])('%s is delivered at once, and a second time some minutes later', (_what, event, matched) => {
  expect(match('everything', event)).toEqual({ matched, hasSecondLook: true });
});

test('the native events have a setting of their own', () => {
  const identityCenter = { enabled: true, identityStoreId: 'd-93670dc30f' };
  const parsed = parseEvent(samples.identityCenterNative);
  if (parsed.kind === 'no-event') throw new Error(parsed.problem);

  expect(createMatchRules(settingsOf({ offboarding: { identityCenter } }))(parsed.event)).toEqual({
    matched: [],
    problem: 'the configuration does not enable offboarding.identityCenter.nativeEvents',
  });
});

test('an event on the own bus that no enabled dialect understands is kept as failed', () => {
  const misspelt = changed(samples.custom, { 'detail-type': 'Employee offboarded' });

  for (const name of ['everything', 'default', 'nothing'] as const)
    expect(match(name, misspelt)).toEqual({
      matched: ['rest'],
      problem: 'no enabled dialect understands the event',
    });
});

test.each([
  changed(samples.custom, { source: 'green-api-logout', 'detail-type': 'Instance Logged Out' }),
  changed(samples.okta, { 'detail.eventType': 'user.session.end' }),
  changed(samples.identityCenter, { 'detail.eventName': 'EnableUser' }),
])('an outcome, and what is no offboarding on another bus, matches no rule (%#)', (event) => {
  expect(match('everything', event)).toEqual({ matched: [], problem: 'no rule matches the event' });
});

describe('where only some sources may log people out', () => {
  const restricted = settingsOf({ offboarding: { custom: { sources: ['com.example.hr', 'com.example.it'] } } });
  const matchFrom = (source: string, changes: Readonly<Record<string, string>> = {}) => {
    const parsed = parseEvent(changed(samples.custom, { source, ...changes }));
    if (parsed.kind === 'no-event') throw new Error(parsed.problem);
    return createMatchRules(restricted)(parsed.event).matched;
  };

  test.each(['com.example.hr', 'com.example.it'])('a custom event of %s starts a run', (source) => {
    expect(matchFrom(source)).toEqual(['custom']);
  });

  test('a custom event of another source is kept as failed, once', () => {
    expect(matchFrom('com.example.stranger')).toEqual(['unknown-source']);
    expect(matchFrom('com.example.stranger', { 'detail-type': 'Employee offboarded' })).toEqual(['rest']);
  });

  test('an outcome of this deployment is none of them', () => {
    expect(matchFrom('green-api-logout', { 'detail-type': 'Instance Logged Out' })).toEqual([]);
  });

  test('without custom events every event is kept as failed, once', () => {
    const off = settingsOf({ offboarding: { custom: { enabled: false, sources: ['com.example.hr'] } } });

    expect(offboardingRules(off).map(({ name }) => name)).toEqual(['rest']);
  });
});
