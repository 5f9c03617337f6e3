import fc from 'fast-check';
import { isTimeZone, similarTimeZone } from '../../../infra/configuration/schedules/time-zone.ts';

test.each(['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'US/Eastern', 'UTC', 'Etc/GMT+5'])(
  'knows %s',
  (name) => {
    expect(isTimeZone(name)).toBe(true);
  },
);

test.each(['Europe/Berln', 'europe/berlin', 'asia/kolkata', 'EUROPE/BERLIN', 'CEST', '+02:00', ''])(
  'does not know %p',
  (name) => {
    expect(isTimeZone(name)).toBe(false);
  },
);

test.each([
  ['Berlin', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  ['Europe/Berln', 'Europe/Berlin'],
  ['America/NewYork', 'America/New_York'],
  ['utc', 'UTC'],
])('suggests for %s the zone %s', (name, zone) => {
  expect(similarTimeZone(name)).toBe(zone);
});

test('suggests nothing when no zone looks alike', () => {
  expect(similarTimeZone('+02:00')).toBeUndefined();
  expect(similarTimeZone('')).toBeUndefined();
});

test('suggests only known zones for any input', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const zone = similarTimeZone(name);
      expect(zone === undefined || isTimeZone(zone)).toBe(true);
    }),
  );
});
