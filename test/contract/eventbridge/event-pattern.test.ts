import { InvalidEventPattern, matchesPattern } from '../../../emulators/eventbridge/event-pattern.ts';
import type { EventPattern } from '../../../functions/offboarding/dialect.ts';
import { dialectNames, dialects } from '../../../functions/offboarding/dialects.ts';
import { samples } from '../../../functions/offboarding/samples.ts';
import { changed, customEvent, identityCenterEvent, oktaEvent } from '../../support/offboarding-events.ts';

test.each(dialectNames)('the pattern of %s matches its own sample and no other', (name) => {
  const { pattern } = dialects[name];

  expect(dialectNames.filter((each) => matchesPattern(pattern, samples[each]))).toEqual([name]);
});

test.each([
  [dialects.okta.pattern, changed(oktaEvent, { 'detail.eventType': 'user.session.end' })],
  [dialects.okta.pattern, changed(oktaEvent, { 'detail.outcome.result': 'FAILURE' })],
  [dialects.okta.pattern, changed(oktaEvent, { source: 'com.example.okta' })],
  [dialects.identityCenter.pattern, changed(identityCenterEvent, { 'detail.eventName': 'EnableUser' })],
  [dialects.identityCenter.pattern, changed(identityCenterEvent, { 'detail.errorCode': 'AccessDenied' })],
  [dialects.identityCenter.pattern, changed(identityCenterEvent, { 'detail.errorCode': null })],
  [dialects.identityCenter.pattern, changed(identityCenterEvent, { source: 'com.example.hr' })],
  [dialects.custom.pattern, changed(customEvent, { 'detail-type': 'Employee Hired' })],
])('an event that reports no leaver matches nothing (%#)', (pattern, event) => {
  expect(matchesPattern(pattern, event)).toBe(false);
});

// From https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html and the event in
// https://github.com/aws/event-ruler#ruler-by-example
const event = {
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  time: '2017-10-02T16:24:49Z',
  resources: [
    'arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000',
    'arn:aws:ec2:us-east-1:1:instance/i-2',
  ],
  FileName: 'logo.png',
  detail: {
    'c-count': 5,
    'x-limit': 301.8,
    state: 'running',
    eventVersion: '',
    responseElements: null,
    nested: { c1: 100 },
  },
};

test.each<[EventPattern, boolean]>([
  [{ source: ['aws.ec2'] }, true],
  [{ source: ['aws.s3', 'aws.ec2'], detail: { state: ['running'] } }, true],
  [{ source: ['aws.ec2'], detail: { state: ['stopped'] } }, false],
  [{ source: ['AWS.EC2'] }, false],
  [{ resources: ['arn:aws:ec2:us-east-1:1:instance/i-2', 'another'] }, true],
  [{ resources: ['another'] }, false],
  [{ detail: { 'c-count': [5] } }, true],
  [{ detail: { 'c-count': ['5'] } }, false],
  [{ detail: { eventVersion: [''] } }, true],
  [{ detail: { responseElements: [null] } }, true],
  [{ detail: { responseElements: [''] } }, false],
  [{ time: [{ prefix: '2017-10-02' }] }, true],
  [{ time: [{ prefix: '2018' }] }, false],
  [{ detail: { 'c-count': [{ prefix: '5' }] } }, false],
  [{ detail: { state: [{ 'anything-but': 'initializing' }] } }, true],
  [{ detail: { state: [{ 'anything-but': ['stopped', 'running'] }] } }, false],
  [{ detail: { 'x-limit': [{ 'anything-but': [100, 200, 300] }] } }, true],
  [{ detail: { missing: [{ 'anything-but': 'x' }] } }, false],
  [{ detail: { state: [{ exists: true }] } }, true],
  [{ detail: { state: [{ exists: false }] } }, false],
  [{ detail: { missing: [{ exists: false }] } }, true],
  [{ detail: { responseElements: [{ exists: true }] } }, true],
  [{ missing: { below: [{ exists: false }] } }, true],
  [{ detail: { nested: [{ exists: true }] } }, false],
  [{ detail: { constructor: [{ exists: false }] } }, true],
  [{ $or: [{ source: ['aws.s3'] }, { 'detail-type': [{ prefix: 'EC2' }] }] }, true],
  [{ $or: [{ source: ['aws.s3'] }, { detail: { state: ['stopped'] } }] }, false],
  [{ source: ['aws.s3'], $or: [{ source: ['aws.ec2'] }, { detail: { state: ['running'] } }] }, false],
  [{ detail: { $or: [{ 'c-count': [7] }, { 'x-limit': [301.8] }] } }, true],
  [{ $or: ['x', 'y'] }, false],
])('%j matches the documented event: %j', (pattern, expected) => {
  expect(matchesPattern(pattern, event)).toBe(expected);
});

test('two fields match only within one object of a list', () => {
  const employees = [[{ firstName: 'John', lastName: 'Doe' }], { firstName: 'Anna', lastName: 'Smith' }];

  expect(matchesPattern({ employees: { firstName: ['Anna'] } }, { employees })).toBe(true);
  expect(matchesPattern({ employees: { firstName: ['Anna'], lastName: ['Doe'] } }, { employees })).toBe(false);
});

test.each([null, undefined, 'text', 7, []])('%j is not an event, and matches nothing', (value) => {
  expect(matchesPattern(dialects.custom.pattern, value)).toBe(false);
});

test.each<[EventPattern, string]>([
  [{ detail: { size: [{ numeric: ['>', 0] }] } }, 'numeric is not an operator that is emulated'],
  [{ source: [{ wildcard: 'aws.*' }] }, 'wildcard is not an operator that is emulated'],
  [{ source: [{ 'anything-but': { prefix: 'aws.' } }] }, 'anything-but with an operator is not emulated'],
  [{ $or: [{ source: [] }, { source: ['aws.ec2'] }] }, 'a list of a pattern is not empty'],
  [{ $or: [{ source: ['aws.s3'] }] }, 'source is not an operator that is emulated'],
  [{ source: [{ prefix: 'a', suffix: 'b' }] }, 'an operator stands alone in its object'],
  [{ source: [{}] }, 'an operator stands alone in its object'],
  [{ source: [{ prefix: 7 }] }, 'prefix takes a text'],
  [{ source: [{ exists: 'no' }] }, 'exists takes true or false'],
  [{ source: [] }, 'a list of a pattern is not empty'],
])('%j is an error, even if the event does not reach it', (pattern, message) => {
  expect(() => matchesPattern({ missing: ['x'], ...pattern }, event)).toThrow(new InvalidEventPattern(message));
});
