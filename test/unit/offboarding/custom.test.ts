import { detailEntries, parseCustom } from '../../../functions/offboarding/custom.ts';
import { readPage } from '../../support/markdown.ts';
import { changed, customEvent } from '../../support/offboarding-events.ts';

const parseWithDetail = (detail: unknown) => parseCustom({ ...customEvent, detail });

test('reads who left, why and when from the sample', () => {
  expect(parseCustom(customEvent)).toEqual({
    kind: 'report',
    people: [['john.doe@example.com']],
    reason: 'left the company',
    source: 'com.example.hr',
    id: 'hr-2026-001734',
    account: '111122223333',
    occurredAt: '2026-11-20T17:00:00Z',
    occurredAtFrom: 'time',
    at: '2026-11-30T17:00:00Z',
  });
});

test.each([
  { owner: '00u3m90rxKjGQ0G6L1d6' },
  { owner: '00u3m90rxKjGQ0G6L1d6', email: null, reason: null, effectiveAt: null, id: null },
])('requires only an owner: %j', (detail) => {
  expect(parseWithDetail(detail)).toEqual({
    kind: 'report',
    people: [['00u3m90rxKjGQ0G6L1d6']],
    reason: 'offboarded',
    source: 'com.example.hr',
    id: '1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9',
    account: '111122223333',
    occurredAt: '2026-11-20T17:00:00Z',
    occurredAtFrom: 'time',
  });
});

test.each(['u'.repeat(256), '\u0958'.repeat(128)])('an owner may have 256 characters: %.3s…', (owner) => {
  expect(parseWithDetail({ owner })).toMatchObject({ kind: 'report', people: [[owner]] });
});

test('reads the number of days to watch the instances', () => {
  expect(parseWithDetail({ owner: 'u1', watchDays: 7 })).toMatchObject({ kind: 'report', watchDays: 7 });
});

test('reads dryRun', () => {
  expect(parseWithDetail({ owner: 'u1', dryRun: true })).toMatchObject({ kind: 'report', dryRun: true });
  expect(parseWithDetail({ owner: 'u1', dryRun: false })).not.toHaveProperty('dryRun');
});

test('the table of the documentation has every field', () => {
  const [, table = ''] = /\| field of `Detail` \|.*\n(\|[\s\S]*?)\n\n/.exec(readPage('docs/offboarding.md')) ?? [];
  const names = [...table.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell = '']) => cell.match(/(?<=`)\w+(?=`)/g) ?? []);

  expect(names.sort()).toEqual(Object.keys(detailEntries).sort());
});

test.each([
  [{}, 'detail', 'must name the person by owner or by email, and not by both'],
  [
    { owner: 'u1', email: 'john.doe@example.com' },
    'detail',
    'must name the person by owner or by email, and not by both',
  ],
  [{ owner: 'u1 u2' }, 'detail.owner', 'must not be empty or hold white space or invisible characters'],
  [{ owner: 'u1\u00a0u2' }, 'detail.owner', 'must not be empty or hold white space or invisible characters'],
  [{ owner: 'u1\u2028u2' }, 'detail.owner', 'must not be empty or hold white space or invisible characters'],
  [{ owner: 'u1\u200bu2' }, 'detail.owner', 'must not be empty or hold white space or invisible characters'],
  [{ owner: '' }, 'detail.owner', 'must not be empty or hold white space or invisible characters'],
  [{ owner: ['u1', 'u2'] }, 'detail.owner', 'must be a string, or a whole number of at most 15 digits'],
  [{ owner: 'u'.repeat(257) }, 'detail.owner', 'must be at most 256 characters'],
  [
    { owner: '\u0958'.repeat(129) },
    'detail.owner',
    "must be at most 256 characters, also in Unicode's composed form (NFC)",
  ],
  [{ email: 'john.doe' }, 'detail.email', 'must be an e-mail address'],
  [{ email: 'a@example.com,b@example.com' }, 'detail.email', 'must be an e-mail address'],
  [{ owner: 'u1', reason: 'a\nb' }, 'detail.reason', 'must not be empty or hold control characters'],
  [{ owner: 'u1', effective_at: '2026-11-30T17:00:00Z' }, 'detail.effective_at', 'is not a field of this event'],
  [
    { owner: 'u1', effectiveAt: 'tomorrow' },
    'detail.effectiveAt',
    expect.stringMatching(/^must be an ISO 8601 instant/),
  ],
  [{ owner: 'u1', effectiveAt: '2026-02-30' }, 'detail.effectiveAt', 'must be a date that exists'],
  [{ owner: 'u1', effectiveAt: '30.11.2026' }, 'detail.effectiveAt', expect.stringMatching(/^must be an ISO 8601/)],
  [{ owner: 'u1', effectiveAt: '20261130' }, 'detail.effectiveAt', expect.stringMatching(/^must be an ISO 8601/)],
  [{ owner: 'u1', effectiveAt: '2026-11-30T17:00:00' }, 'detail.effectiveAt', expect.stringMatching(/^must be an ISO/)],
  [{ owner: 'u1', effectiveAt: '2026-11-30T17:00:00+000' }, 'detail.effectiveAt', expect.stringMatching(/^must be an/)],
  [{ owner: 'u1', effectiveAt: 1764522000 }, 'detail.effectiveAt', 'must be an instant'],
  [{ owner: 'u1', effectiveAt: '2026-02-30T17:00:00Z' }, 'detail.effectiveAt', 'must be a date that exists'],
  [{ owner: 'u1', effectiveAt: '2026-13-01T17:00:00Z' }, 'detail.effectiveAt', 'must be a date that exists'],
  [{ owner: 'u1', dryRun: 'yes' }, 'detail.dryRun', 'must be true or false'],
  [{ owner: 'u1', watchDays: 31 }, 'detail.watchDays', 'must be at most 30'],
  [{ owner: 'u1', id: 1e15 }, 'detail.id', 'must be a string, or a whole number of at most 15 digits'],
  [{ owner: 'u1', id: 1.5 }, 'detail.id', 'must be a string, or a whole number of at most 15 digits'],
  [{ owner: 'u1', id: -1 }, 'detail.id', 'must be a string, or a whole number of at most 15 digits'],
  [{ owner: 'u1', id: true }, 'detail.id', 'must be a string, or a whole number of at most 15 digits'],
  [{ owner: 'u1', id: {} }, 'detail.id', 'must be a string, or a whole number of at most 15 digits'],
  [[], 'detail', 'must name the person by owner or by email, and not by both'],
  ['john.doe@example.com', 'detail', 'must be an object'],
])('names the error in the detail %j', (detail, field, rule) => {
  expect(parseWithDetail(detail)).toEqual({ kind: 'invalid', field, rule });
});

test.each(['source', 'time', 'id', 'detail'])('reports that %s is missing', (field) => {
  expect(parseCustom(changed(customEvent, { [field]: undefined }))).toEqual({
    kind: 'invalid',
    field,
    rule: 'is missing',
  });
});

test.each([
  null,
  'Employee Offboarded',
  [],
  {},
  { 'detail-type': 'employee offboarded' },
  { 'detail-type': ['Employee Offboarded'] },
])('ignores %j', (event) => {
  expect(parseCustom(event)).toBeUndefined();
});

test.each([undefined, null, 7, '1111', 'john.doe@example.com'])('omits an invalid account: %j', (account) => {
  const reading = parseCustom(changed(customEvent, { account }));

  expect(reading).toMatchObject({ kind: 'report' });
  expect(reading).toHaveProperty('account', undefined);
});

test.each([
  [4711, '4711'],
  [0, '0'],
  [900_719_925_474_099, '900719925474099'],
])('reads the number %j as a text, in id and owner', (number, text) => {
  expect(parseWithDetail({ owner: number, id: number })).toMatchObject({ people: [[text]], id: text });
});

test.each([
  ['2026-11-30T17:00:00+0000', '2026-11-30T17:00:00+00:00'],
  ['2026-11-30T17:00:00.123-0330', '2026-11-30T17:00:00.123-03:30'],
  ['2026-11-30T17:00+01', '2026-11-30T17:00+01:00'],
  ['2026-11-30T17:00:00+01:00', '2026-11-30T17:00:00+01:00'],
  ['2026-11-30T17:00:00Z', '2026-11-30T17:00:00Z'],
  ['2026-11-30', '2026-11-30'],
])('reads the instant %s', (effectiveAt, at) => {
  expect(parseWithDetail({ owner: 'u1', effectiveAt, occurredAt: effectiveAt })).toMatchObject({ at, occurredAt: at });
});
