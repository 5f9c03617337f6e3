import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCustom } from '../../functions/offboarding/custom.ts';
import { phases } from '../../functions/runs/phase.ts';
import { contextKey, parseConfiguration } from '../../infra/configuration/configuration.ts';
import { usage } from '../../local/dev-server/options.ts';
import {
  deadLinksOf,
  documentedFields,
  fencesOf,
  pages,
  readPage,
  sectionOf,
  sentencesOf,
  tableRowsOf,
  unevenRowsOf,
} from '../support/markdown.ts';
import { filesUnder, read } from '../support/project-files.ts';

const jsonFences = pages.flatMap((page) =>
  fencesOf(readPage(page)).flatMap(({ language, text, line }) =>
    language === 'json' ? [{ at: `${page}:${line}`, text }] : [],
  ),
);

/** The configuration in an example, which may show all of `cdk.json` or only a part of it. */
const configurationIn = (text: string): unknown => {
  const example = JSON.parse(text.trimStart().startsWith('{') ? text : `{${text}}`);
  const fields = example.context?.[contextKey] ?? example;
  const names = ['schedules', 'offboarding', 'identityProviders', 'tokenRotation', 'evidenceVault', 'alarmTopicArn'];
  return names.some((name) => name in fields) ? fields : undefined;
};

/** Digests of examples are placeholders. */
const withDigests = (text: string): string => {
  let count = 0;
  return text.replace(/<(?:64 hex|digest)>/g, () => String(count++).padStart(64, '0'));
};

test.each(pages)('every link in %s leads to an existing page and heading', (page) => {
  expect(deadLinksOf(page)).toEqual([]);
});

test.each(pages.filter((page) => page !== 'CHANGELOG.md'))('each file and folder that %s names exists', (page) => {
  const named = [
    ...readPage(page).matchAll(
      /`((?:cli|client|console|docs|emulators|examples|functions|infra|local|loopback|test)\/[\w./-]+)`/g,
    ),
  ];

  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([]);
});

test('a wrong link, a link out of the folder and a wrong anchor are found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pages-'));
  writeFileSync(
    join(folder, 'page.md'),
    '# Title\n[a](none.md) [b](../page.md) [c](#none) [d](#title) [e](https://example.com)',
  );

  const problems = deadLinksOf('page.md', folder);
  rmSync(folder, { recursive: true });

  expect(problems).toEqual([
    'page.md: none.md names no file',
    'page.md: ../page.md names no file',
    'page.md: #none names no heading',
  ]);
});

test.each(pages)('each row of a table in %s has the cells of its header', (page) => {
  expect(unevenRowsOf(readPage(page))).toEqual([]);
});

test.each(jsonFences)('the JSON at $at parses', ({ text }) => {
  expect(() => configurationIn(text)).not.toThrow();
});

const examples = jsonFences.flatMap(({ at, text }) => {
  const configuration = configurationIn(withDigests(text));
  return configuration === undefined ? [] : [{ at, configuration }];
});

test.each(examples)('the configuration at $at is valid', ({ configuration }) => {
  expect(() => parseConfiguration(configuration)).not.toThrow();
});

test('the examples include configurations of every kind', () => {
  const fields = examples.flatMap(({ configuration }) => Object.keys(configuration as object));

  expect(fields).toEqual(expect.arrayContaining(['schedules', 'offboarding', 'identityProviders', 'tokenRotation']));
});

const customFields = {
  id: 'hr-2026-001734',
  email: 'john.doe@example.com',
  owner: 'john.doe',
  reason: 'left the company',
  effectiveAt: '2026-11-30T17:00:00Z',
  dryRun: true,
  watchDays: 7,
  occurredAt: '2026-11-19T17:00:00Z',
};

test('the custom event takes each of its fields', () => {
  const event = {
    'detail-type': 'Employee Offboarded',
    source: 'com.example.hr',
    id: 'e-1',
    time: '2026-11-20T17:00:00Z',
  };
  const { owner: _, ...detail } = customFields;

  expect(parseCustom({ ...event, detail })).toMatchObject({ kind: 'report', watchDays: 7, dryRun: true });
});

test.each(['docs/connect/n8n-zapier-power-automate.md', 'docs/offboarding.md'])(
  '%s describes each field of the custom event',
  (page) => {
    expect(documentedFields(page).toSorted()).toEqual(Object.keys(customFields).toSorted());
  },
);

test.each(phases)('the diagram of a run shows that it can be stopped in the phase %s', (phase) => {
  expect(readPage('docs/runs.md')).toContain(`    ${phase.replaceAll('-', '_')} --> STOPPED: DELETE\n`);
});

test('docs/operations.md says how often a drill reads an instance', () => {
  expect(sectionOf('docs/operations.md', 'Drills').replace(/\s+/g, ' ')).toContain(
    'An instance is read once, and up to three times after failures that may be transient.',
  );
});

test('npm start -- --help lists each option of docs/local-development.md', () => {
  const rows = tableRowsOf(sectionOf('docs/local-development.md', 'Options'));
  const options = rows.flatMap(([cell = '']) => /`(--[\w-]+|[A-Z_]+)/.exec(cell)?.[1] ?? []);

  expect(options).toContain('--secrets');
  expect(options.filter((option) => !usage.includes(`\n  ${option} `))).toEqual([]);
});

test.each(['Entra ID', 'Okta', 'OneLogin', 'JumpCloud', 'Google', 'Identity Center', 'webhook'])(
  'the overview says what %s sends and how soon',
  (provider) => {
    const [header = [], ...rows] = tableRowsOf(sectionOf('docs/connect/README.md', 'Who sends what'));
    const latency = tableRowsOf(sectionOf('docs/connect/README.md', 'Latency')).map(([wayIn = '']) => wayIn);

    expect(header.filter((cell) => cell.includes(provider))).not.toEqual([]);
    expect(latency.filter((cell) => cell.includes(provider))).not.toEqual([]);
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([header.length]));
  },
);

/** The arrows of a menu are no words. */
const isWord = (text: string): boolean => /\w/.test(text);

test.each(pages)('no sentence in %s has more than 25 words', (page) => {
  const long = sentencesOf(readPage(page)).filter((sentence) => sentence.split(' ').filter(isWord).length > 25);

  expect(long).toEqual([]);
});

test.each(pages.filter((page) => page === 'README.md' || page.startsWith('docs/')))('%s uses plain words', (page) => {
  expect(readPage(page).match(/\b(?:rings|he|his|mend\w*)\b/gi) ?? []).toEqual([]);
});

test('the README is short', () => {
  expect(readPage('README.md').split('\n').length).toBeLessThanOrEqual(150);
});

const manifest = JSON.parse(read('package.json'));
const [minor] = /^\d+\.\d+/.exec(manifest.version) ?? [];

test.each([
  ['package-lock.json', /^ {2}"version": "(.+)"/m],
  ['package-lock.json', /^ {6}"name": "green-api-logout",\n {6}"version": "(.+)"/m],
  ['openapi.yaml', /^ {2}version: (.+)/m],
  ['docs/construct.md', /green-api-logout-(.+)\.tgz/],
  ['CHANGELOG.md', /^## \[(.+)\] - \d{4}-\d\d-\d\d$/m],
  ['CHANGELOG.md', /^\[.+\]: .+\.\.\.v(.+)$/m],
])('%s has the version of the package', (file, statement) => {
  expect(statement.exec(read(file))?.[1]).toBe(manifest.version);
});

test('SECURITY.md says that this version gets security fixes', () => {
  expect(readPage('SECURITY.md')).toContain(`\n| ${minor}.x | yes |\n`);
});

test('each npm script that a page or a workflow names exists', () => {
  // The changelog names scripts of older versions.
  const files = [...pages.filter((page) => page !== 'CHANGELOG.md'), ...filesUnder('.github/workflows', /\.yml$/)];
  const named = files.flatMap((file) =>
    [...read(file).matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)].map(([, name = '']) => name),
  );

  expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
});

test('the weekly workflow runs what is too long for every push', () => {
  for (const script of ['test:load', 'bench', 'test:mutation'])
    expect(read('.github/workflows/weekly.yml')).toContain(`run: npm run --silent ${script}\n`);
});

test('CODEOWNERS has an owner for every file', () => {
  expect(read('.github/CODEOWNERS')).toMatch(/^(?:#.*\n)*\* @[\w-]+\/[\w-]+\n$/);
});
