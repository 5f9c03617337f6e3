import type { Option } from 'commander';
import fc from 'fast-check';
import { readRoster } from '../../../cli/commands/reconcile.ts';
import { commands } from '../../../cli/commands.ts';
import { parseEnrollment } from '../../../cli/enroll/enrollment.ts';
import { UsageError } from '../../../cli/errors.ts';
import { parseCsv, readTable } from '../../../cli/input/csv.ts';
import { decodeText } from '../../../cli/input/files.ts';
import { parseCount, parseSince, readInstanceId, readInstanceIds, wholeNumber } from '../../../cli/input/options.ts';
import { formatCsvRow, printable, printableJson } from '../../../cli/output/printable.ts';
import { readInstanceList } from '../../../cli/reconcile-instances.ts';
import { createParseApiUrl } from '../../../functions/green-api/api-url.ts';
import { parseOptions } from '../../../local/dev-server/options.ts';

const cell = fc.string({ unit: 'grapheme' });

/** Cells that `formatCsvRow` prefixes with an apostrophe. */
const formula = /(?:^|[;\t|\r\n])[=+\-@＝＋－＠]|^[\t\r]/;

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
  ['"a\r\nb"\r"', 3],
])('the error for an unclosed or misplaced quotation mark names its line: %j', (text, line) => {
  expect(parseCsv(text)).toMatchObject({ kind: 'malformed', line });
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1+1', '＋1', '－1', '＠SUM(A1)'])(
  'a spreadsheet does not run the cell %j as a formula',
  (text) => {
    expect(formatCsvRow([text]).replace(/^"/, '')).toMatch(/^'/);
  },
);

test.each([';', '\t', '|', '\n', '\r\n'])(
  'a spreadsheet that ends a cell at %j finds no formula after it',
  (separator) => {
    for (const sign of ['=', '+', '-', '@', '＝', '＋', '－', '＠'])
      expect(formatCsvRow([`x${separator}${sign}1`])).toBe(`"x${separator}'${sign}1"`);
  },
);

test.each([
  ['semicolons', 'idInstance;owner\n1;"ann@example.com"\n', ';'],
  ['tabs', 'idInstance\towner\n1\tann@example.com\n', '\t'],
  ['vertical bars', 'idInstance|owner\r\n1|ann@example.com\r\n', '|'],
  ['semicolons, with commas in the cells', 'idInstance;owner\n1;ann@example.com\n2;"Lee, Ann"\n', ';'],
  ['commas, with semicolons in a cell', 'idInstance,owner\n1,ann@example.com;x\n', ','],
  ['commas, with more semicolons in the head', 'idInstance,owner;name;login\n1,ann@example.com\n', ','],
  ['what its first line names', 'sep=;\r\nidInstance;owner\r\n1;ann@example.com\r\n', ';'],
])('a CSV file may have %s', (_name, text, separator) => {
  const { columns, rows, separator: found } = readTable('fleet.csv', text);

  expect(found).toBe(separator);
  expect(columns).toHaveLength(2);
  expect(rows[0]?.values.idInstance).toBe('1');
});

test('the error for a wrong row counts the line that names the separator', () => {
  expect(() => readTable('fleet.csv', 'sep=;\na;b\n1;2\n3\n')).toThrow(/^fleet\.csv, line 4: there are 1 cells/);
});

const umlaut = 'Name;Email\r\nJörg;jörg@example.com\r\n';
const utf16le = Buffer.from(umlaut, 'utf16le');
const utf16be = Buffer.from(utf16le).swap16();

test.each([
  ['UTF-8', Buffer.from(umlaut)],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${umlaut}`)],
  ['UTF-16 with a byte order mark', Buffer.from(`\uFEFF${umlaut}`, 'utf16le')],
  ['UTF-16 with a byte order mark, big end first', Buffer.from(`\uFEFF${umlaut}`, 'utf16le').swap16()],
  ['UTF-16', utf16le],
  ['UTF-16, big end first', utf16be],
  ['Windows-1252', Buffer.from(umlaut, 'latin1')],
])('a file may be in %s', (_name, bytes) => {
  expect(readRoster('roster.csv', decodeText(bytes), undefined).identities).toEqual(['jörg@example.com']);
});

test.each(['1.101E+09', '1,101E+09', '4.10012E+11', '1E9'])(
  'the id %s is named as what a spreadsheet made of it',
  (id) => {
    const fields = { idInstance: id, apiTokenInstance: 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345' };
    const parsed = parseEnrollment(fields, { parseApiUrl: createParseApiUrl([]), tagsOnly: false });

    expect('problems' in parsed && parsed.problems).toEqual([
      expect.stringContaining(`${id}: a spreadsheet has shortened`),
    ]);
  },
);

test('the error for a row of a wrong length names its line, without its cells', () => {
  const read = () => readTable('fleet.csv', 'idInstance,owner\n1101000001,a@example.com\n\n1101000002\n');

  expect(read).toThrow(new UsageError('fleet.csv, line 4: there are 1 cells for 2 columns (separator: comma).'));
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

test.each(['', 'yesterday', '7', '7y', '2026-13-01', '2026-11-31T10:00Z', '-1d'])('--since %j is refused', (text) => {
  expect(() => parseSince(text, now)).toThrow(UsageError);
});

test('ids can be separated by commas, count once, and the error does not repeat an invalid one', () => {
  expect(readInstanceIds(['1101000001,1101000002', '7', '1101000001'])).toEqual(['1101000001', '1101000002', '7']);
  expect(() => readInstanceIds(['1', 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345'])).toThrow(
    /^Instance 2 is not an idInstance: it must be 1 to 20 digits, for example 1101000001\.$/,
  );
});

test.each(['', ' ', ',', '1101000001,1101000002'])('--instance %j is refused: it names one', (text) => {
  expect(() => readInstanceId(text)).toThrow(
    new UsageError('--instance takes one idInstance: it must be 1 to 20 digits, for example 1101000001.'),
  );
  expect(readInstanceId(' 1101000001 ')).toBe('1101000001');
});

test('JSON cannot move the cursor or hide text either, and stays the same value', () => {
  const value = { reason: 'a\u001b[2Jb\u009b2Jc\u202ed\u{e0001}e' };
  const json = printableJson(value);

  expect(json).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(json)).toEqual(value);
});

test('a tag cannot move the cursor or hide text', () => {
  expect(printable('a\u001b[2Jb\u202ec\nd')).toBe('a\\u{1b}[2Jb\\u{202e}c\\u{a}d');
});

test.each([
  ['a list without a header', 'a@example.com\nb@example.com\n', undefined, ['a@example.com', 'b@example.com']],
  ['one column', 'login\n00u1\n00u2\n', undefined, ['00u1', '00u2']],
  ['a column named email', 'name,Email\n"Doe, John",j@example.com\n', undefined, ['j@example.com']],
  ['the columns that are named', 'a,b\n1,2 3\n,4\n', ['b', 'a'], ['2', '3', '1', '4']],
])('a roster may be %s', (_name, text, columns, identities) => {
  expect(readRoster('roster.csv', text, columns).identities).toEqual(identities);
});

test.each([
  [
    'it is not clear which column',
    'name,manager\nJohn,jane@example.com\n',
    undefined,
    /^Name the columns .+ has: name, manager\.$/,
  ],
  ['there is no such column', 'name\nJohn\n', ['email'], /^roster\.csv has no column email\. It has: name\.$/],
  ['it contains no identity', 'email\n\n', undefined, /^roster\.csv contains no identity/],
  ['it is empty', '', undefined, /^roster\.csv is empty/],
])('a roster is refused if %s', (_name, text, columns, message) => {
  expect(() => readRoster('roster.csv', text, columns)).toThrow(message);
});

test.each([
  ['ids, one per line', '1101000001\r\n410012345678\n'],
  ['a column of a file', 'name;idInstance\r\nAnn;1101000001\r\nBob;410012345678\r\n'],
  ['a JSON array of numbers and texts', '[1101000001, "410012345678"]'],
  [
    'the answer of getInstances',
    '[{"idInstance":1101000001,"apiTokenInstance":"x"},{"idInstance":410012345678,"deleted":false}]',
  ],
])('the instances at GREEN-API are read from %s', (_name, text) => {
  const { existing, deleted } = readInstanceList('list', text);

  expect([...existing]).toEqual(['1101000001', '410012345678']);
  expect([...deleted]).toEqual([]);
});

const token = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';

test.each([
  ['an empty file', '', /contains no instance/],
  ['an empty array', '[]', /contains no instance/],
  ['a refused call', '{"code":401,"description":"Unauthorized"}', /error of GREEN-API \(code 401\).+partner token/],
  ['another object', '{"instances":[1101000001]}', /must be a JSON array/],
  ['half a file', `[{"idInstance":1101000001,"apiTokenInstance":"${token}"`, /begins like JSON, but cannot be parsed/],
  ['an instance without an id', `[{"apiTokenInstance":"${token}"}]`, /entry 1: there is no idInstance/],
  ['a number that lost digits', '[12345678901234567890]', /entry 1: there is no idInstance/],
  ['a token in place of an id', `1101000001\n${token}`, /instance 2: idInstance must be 1 to 20 digits/],
  ['what a spreadsheet made of an id', '1.101E+09', /instance 1: idInstance is 1\.101E\+09: a spreadsheet/],
  ['a table without the column', `id,token\n1101000001,${token}`, /needs a column idInstance/],
  ['a row that is too short', `idInstance,token\n1101000001`, /line 2: there are 1 cells for 2 columns/],
])('of %s no list of instances is read, and nothing secret is repeated', (_name, text, message) => {
  expect(() => readInstanceList('list', text)).toThrow(UsageError);
  expect(() => readInstanceList('list', text)).toThrow(message);
  expect(() => readInstanceList('list', text)).not.toThrow(token);
});

type NumberOption = readonly [option: string, unit: string, read: (text: string) => unknown];

const readWith =
  (option: Option) =>
  (text: string): unknown =>
    option.parseArg?.(text, undefined as never);

/** The unit without which an option takes no number: none, or that of a time span; `undefined`: it takes no number at all. */
const unitOf = (read: (text: string) => unknown): string | undefined =>
  ['', 'd'].find((unit) => {
    try {
      return typeof read(`7${unit}`) === 'number';
    } catch {
      return false;
    }
  });

const startedWith = (argument: string, port = '0') => {
  const options = parseOptions(argument === '' ? [] : [argument], { PORT: port });
  if (options === 'help') throw new Error('no help was asked for');
  return options;
};

const numberOptions: readonly NumberOption[] = [
  ...commands.flatMap(({ usage, options = [] }) =>
    options.flatMap((option): NumberOption[] => {
      const unit = unitOf(readWith(option));
      return unit === undefined ? [] : [[`${usage.split(' ')[0]} ${option.long}`, unit, readWith(option)]];
    }),
  ),
  [
    'evidence --since',
    'd',
    (text) => new Date('2026-11-30').getTime() - parseSince(text, new Date('2026-11-30')).getTime(),
  ],
  ['npm start PORT', '', (text) => startedWith('', text).port],
  ['npm start --green-api-port', '', (text) => startedWith(`--green-api-port=${text}`).greenApiPort],
  ['npm start --time-scale', '', (text) => startedWith(`--time-scale=${text}`).timeScale],
];

test('these are the options that take a number', () => {
  expect(numberOptions.map(([option]) => option)).toEqual([
    'logout --wait',
    'run --watch-days',
    'run --max-targets',
    'runs --limit',
    'retry --max-targets',
    'report --within',
    'report --early',
    'console --port',
    'evidence --since',
    'npm start PORT',
    'npm start --green-api-port',
    'npm start --time-scale',
  ]);
});

test.each(numberOptions)(
  '%s takes a whole number without leading zeros, sign, space, point or exponent',
  (_, unit, read) => {
    const dayMs = 86_400_000;
    const others = [
      '007',
      '00',
      '+7',
      '-7',
      '7.0',
      '7,0',
      '7e0',
      '0x7',
      ' 7',
      '7 ',
      '٧',
      '７',
      '1_0',
      'seven',
      '1'.repeat(10),
    ];

    expect(['7', '10'].map((text) => read(`${text}${unit}`))).toEqual(
      [7, 10].map((days) => days * (unit === '' ? 1 : dayMs)),
    );
    for (const text of others) expect(() => ({ text, read: read(`${text}${unit}`) })).toThrow(/must be/);
  },
);

test.each([
  ['0', 0],
  ['20', 20],
  ['21', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['', undefined],
])('%j as a whole number from 0 to 20 is %j', (text, number) => {
  const read = () => wholeNumber('from 0 to 20', 0, 20)(text);

  if (number === undefined) expect(read).toThrow('It must be a whole number from 0 to 20.');
  else expect(read()).toBe(number);
});

test.each(['0', '01', '1000000'])('a count is not %s', (text) => {
  expect(() => parseCount(text)).toThrow('It must be a whole number from 1.');
});
