import fc from 'fast-check';
import { UsageError } from '../../../cli/errors.ts';
import { readInstanceIds } from '../../../cli/input/instance-ids.ts';
import { parseSince } from '../../../cli/input/instant.ts';
import { parseCsv } from '../../../cli/input/parse-csv.ts';
import { readRoster } from '../../../cli/input/read-roster.ts';
import { readTable } from '../../../cli/input/read-table.ts';
import { formatCsvRow } from '../../../cli/output/csv.ts';
import { printable } from '../../../cli/output/printable.ts';

const cell = fc.string({ unit: 'grapheme' });

/** Cells that `formatCsvRow` prefixes with an apostrophe. */
const formula = /^[=+\-@\t\r]/;

test('a CSV file with any cells and line breaks is read as it was written', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 5 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      (written, lineBreak, ends) => {
        const safe = written.map((row) => row.map((text) => (formula.test(text) ? 'x' : text)));
        const file = safe.map(formatCsvRow).join(lineBreak) + (ends ? lineBreak : '');

        const parsed = parseCsv(`\uFEFF${file}`);

        expect(parsed.kind === 'rows' && parsed.rows.map(({ cells }) => cells)).toEqual(safe);
      },
    ),
  );
});

test('no text makes the CSV reader throw, loop or report a wrong line', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ') }), (text) => {
      const parsed = parseCsv(text);
      const lines = text.split(/\r\n|\n|\r/).length;
      const last = parsed.kind === 'rows' ? (parsed.rows.at(-1)?.line ?? 1) : parsed.line;
      return last <= lines;
    }),
  );
});

test.each([
  ['a,"b', 1],
  ['a,b\n1,2"\n', 2],
  ['a\n"x\n\n', 2],
])('the error for an unclosed or misplaced quotation mark names its line: %j', (text, line) => {
  expect(parseCsv(text)).toMatchObject({ kind: 'malformed', line });
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])(
  'a spreadsheet does not run the cell %j as a formula',
  (text) => {
    expect(formatCsvRow([text]).replace(/^"/, '')).toMatch(/^'/);
  },
);

test('the error for a row of a wrong length names its line, without its cells', () => {
  const read = () => readTable('fleet.csv', 'idInstance,owner\n1101000001,a@example.com\n\n1101000002\n');

  expect(read).toThrow(new UsageError('fleet.csv, line 4: there are 1 cells for 2 columns.'));
});

const now = new Date('2026-11-24T12:00:00Z');

test.each([
  ['30m', '2026-11-24T11:30:00.000Z'],
  ['24h', '2026-11-23T12:00:00.000Z'],
  ['7d', '2026-11-17T12:00:00.000Z'],
  ['2w', '2026-11-10T12:00:00.000Z'],
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01T10:00:00+01:00', '2026-11-01T09:00:00.000Z'],
])('--since %s is %s', (text, instant) => {
  expect(parseSince(text, now).toISOString()).toBe(instant);
});

test.each(['', 'yesterday', '7', '7y', '2026-13-01', '-1d'])('--since %j is refused', (text) => {
  expect(() => parseSince(text, now)).toThrow(UsageError);
});

test('ids can be separated by commas, and the error does not repeat an invalid one', () => {
  expect(readInstanceIds(['1101000001,1101000002', '7'])).toEqual(['1101000001', '1101000002', '7']);
  expect(() => readInstanceIds(['1', 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345'])).toThrow(
    /^Instance 2 is not an idInstance: it must be 1 to 20 digits, for example 1101000001\.$/,
  );
});

test('a tag cannot move the cursor or hide text', () => {
  expect(printable('a\u001b[2Jb\u202ec\nd')).toBe('a\\u{1b}[2Jb\\u{202e}c\\u{a}d');
});

test.each([
  ['a list without a head', 'a@example.com\nb@example.com\n', undefined, ['a@example.com', 'b@example.com']],
  ['one column', 'login\n00u1\n00u2\n', undefined, ['00u1', '00u2']],
  ['a column named email', 'name,Email\n"Doe, John",j@example.com\n', undefined, ['j@example.com']],
  ['the columns that are named', 'a,b\n1,2 3\n,4\n', ['b', 'a'], ['2', '3', '1', '4']],
])('a roster may be %s', (_name, text, columns, identities) => {
  expect(readRoster('roster.csv', text, columns)).toEqual(identities);
});

test.each([
  [
    'it is not clear which column',
    'name,manager\nJohn,jane@example.com\n',
    undefined,
    /^Say with --column .+: name, manager\.$/,
  ],
  ['there is no such column', 'name\nJohn\n', ['email'], /^roster\.csv has no column email\. It has: name\.$/],
  ['it contains no identity', 'email\n\n', undefined, /^roster\.csv contains no identity/],
  ['it is empty', '', undefined, /^roster\.csv is empty/],
])('a roster is refused if %s', (_name, text, columns, message) => {
  expect(() => readRoster('roster.csv', text, columns)).toThrow(message);
});
