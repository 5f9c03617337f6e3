import fc from 'fast-check';
import {
  parseAccountAnswer,
  parseClearQueueAnswer,
  parseLogoutAnswer,
  parseSettingsAnswer,
  parseStateAnswer,
} from '../../../functions/green-api/responses.ts';
import { anyText } from '../../support/any-text.ts';

test.each([
  [200, '{"isLogout":true}', 'accepted'],
  [200, '{"isLogout":false}', 'refused'],
  [200, '{"isLogout":"true"}', 'unavailable'],
  [200, 'null', 'unavailable'],
  [200, 'false', 'unavailable'],
  [200, '{}', 'unavailable'],
  [200, '', 'unavailable'],
  [200, '<html>OK</html>', 'unavailable'],
  [200, '{"__proto__":{"isLogout":true}}', 'unavailable'],
  [200, '{"code":401,"description":"Unauthorized"}', 'credential-rejected'],
  [200, '{"code":400,"isLogout":true}', 'request-refused'],
  [200, '{"code":"401","isLogout":true}', 'credential-rejected'],
  [200, '{"code":200,"isLogout":true}', 'accepted'],
  [204, '', 'unavailable'],
  [300, '{"isLogout":true}', 'request-refused'],
  [302, '', 'request-refused'],
  [400, 'instance in starting process try later', 'instance-starting'],
  [400, '{"message":"Instance in starting process, try later"}', 'instance-starting'],
  [400, 'instance is starting or not authorized', 'not-authorized'],
  [400, 'instance account not authorized', 'not-authorized'],
  [400, 'Instance account is expired. Renew your instance from personal area', 'instance-expired'],
  [400, '{"statusCode":400,"message":"Instance is deleted"}', 'instance-deleted'],
  [400, 'bad request data', 'request-refused'],
  [400, 'Validation failed. Details: idInstance', 'request-refused'],
  [401, 'Unauthorized', 'credential-rejected'],
  [403, '<html><h1>403 Forbidden</h1></html>', 'wrong-instance-or-host'],
  [404, 'Not Found', 'wrong-instance-or-host'],
  [418, '', 'request-refused'],
  [429, 'Too Many Requests', 'rate-limited'],
  [466, '{"invokeStatus":{"status":"QUOTE_EXCEEDED"}}', 'quota-exceeded'],
  [499, 'Client Closed Request', 'unavailable'],
  [500, 'instance is deleted', 'unavailable'],
  [502, 'Bad Gateway', 'unavailable'],
  [504, '<html>504</html>', 'unavailable'],
])('HTTP %i with %p after a logout means %s', (status, text, kind) => {
  expect(parseLogoutAnswer(status, text).kind).toBe(kind);
});

test.each(['notAuthorized', 'authorized', 'blocked', 'starting', 'yellowCard', 'someNewState', null])(
  'reads the state %p',
  (stateInstance) => {
    expect(parseStateAnswer(200, JSON.stringify({ stateInstance }))).toEqual({ kind: 'state', stateInstance });
  },
);

test.each([
  'null',
  '{"stateInstance":7}',
  '{"stateInstance":""}',
  `{"stateInstance":"${'x'.repeat(41)}"}`,
  'authorized',
])('does not read %s as a state', (text) => {
  expect(parseStateAnswer(200, text).kind).toBe('unavailable');
});

test('reads only isCleared: true as a cleared queue', () => {
  expect(parseClearQueueAnswer(200, '{"isCleared":true}')).toEqual({ kind: 'cleared' });
  expect(parseClearQueueAnswer(200, 'false').kind).toBe('unavailable');
});

test.each([
  ['{"typeInstance":"whatsapp","wid":"79876543210@c.us"}', { typeInstance: 'whatsapp', wid: '79876543210@c.us' }],
  ['{"typeInstance":"telegram"}', { typeInstance: 'telegram', wid: '' }],
  ['{"wid":79876543210}', { typeInstance: '', wid: '79876543210' }],
  ['{"typeInstance":true,"wid":{}}', undefined],
  ['{}', undefined],
])('reads the settings %s as %j', (text, settings) => {
  const answer = parseSettingsAnswer(200, text);

  if (settings === undefined) expect(answer.kind).toBe('unavailable');
  else expect(answer).toEqual({ kind: 'settings', ...settings });
});

test.each([
  ['{"phone":79876543210}', '79876543210'],
  ['{"phone":"+7 987 654-32-10"}', '+7 987 654-32-10'],
  ['{"phone":null}', ''],
  ['{}', undefined],
])('reads the number of the account %s as %j', (text, phone) => {
  const answer = parseAccountAnswer(200, text);

  if (phone === undefined) expect(answer.kind).toBe('unavailable');
  else expect(answer).toEqual({ kind: 'account', phone });
});

test('no answer makes the parser throw, and only isLogout: true in a 2xx is an accepted logout', () => {
  const body = fc.oneof(anyText(), fc.json(), fc.constant('{"isLogout":true}'));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999 }), body, (status, text) => {
      const answer = parseLogoutAnswer(status, text);

      if (answer.kind !== 'accepted') return;
      expect(status).toBeGreaterThanOrEqual(200);
      expect(status).toBeLessThan(300);
      expect(JSON.parse(text).isLogout).toBe(true);
    }),
  );
});
