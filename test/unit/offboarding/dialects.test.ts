import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  dialectNames,
  dialects,
  parseOffboardingEvent,
  refreshEvent,
} from '../../../functions/offboarding/dialects.ts';
import { samples } from '../../../functions/offboarding/samples.ts';
import { createOffboarding } from '../../support/offboarding-handler.ts';

const folder = join(__dirname, '../../../functions/offboarding');

test('the table contains every dialect of the module', () => {
  const defining = readdirSync(folder).filter(
    (file) => file.endsWith('.ts') && /\bsatisfies Dialect\b/.test(readFileSync(join(folder, file), 'utf8')),
  );

  expect(defining).toHaveLength(dialectNames.length);
});

test.each(dialectNames)('the sample of %s reports a leaver, and matches no other dialect', (name) => {
  expect(parseOffboardingEvent(samples[name])).toMatchObject({ kind: 'report' });
  expect(dialectNames.filter((each) => dialects[each].parse(samples[name]) !== undefined)).toEqual([name]);
});

test.each(dialectNames)('a refreshed sample of %s has the present time and starts another run', async (name) => {
  const now = '2027-01-01T09:00:00.000Z';
  const handler = createOffboarding({ now });
  const ids = ['a', 'b', 'c', 'd'].values();
  const createId = () => ids.next().value ?? '';

  await handler.put(samples[name]);
  await handler.put(refreshEvent(samples[name], now, createId));
  await handler.put(refreshEvent(samples[name], now, createId));

  expect(handler.requests().map(({ occurredAt }) => occurredAt)).toEqual([expect.any(String), now, now]);
  expect(handler.payloads.size).toBe(3);
});

test.each([
  { source: 'x', detail: { id: 'x' } },
  { 'detail-type': 'Employee Offboarded', detail: 'no object' },
  { 'detail-type': 'Employee Offboarded', detail: null },
])('refreshing the invalid event %j keeps its detail', (event) => {
  expect(refreshEvent(event, '2027-01-01T09:00:00Z', () => 'a')).toEqual({
    ...event,
    id: 'a',
    time: '2027-01-01T09:00:00Z',
  });
});
