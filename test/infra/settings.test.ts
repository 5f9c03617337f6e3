import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseVariables } from '../../functions/platform/environment.ts';
import { callingSettings, startingSettings, warmingSettings } from '../../functions/platform/settings.ts';
import { parseConfiguration } from '../../infra/configuration/configuration.ts';
import { configurationSchema } from '../../infra/configuration/configuration-schema.ts';
import { documents, problemsIn, settingsIn, withDefaults } from '../../infra/documentation/documented-defaults.ts';
import { projectFiles } from '../support/project-files.ts';

const contentOf = (file: string): string => readFileSync(join(__dirname, '..', '..', file), 'utf8');

const [page, props] = documents;
if (page === undefined || props === undefined) throw new Error('two documents state the defaults');

/** The problems that a change of a document brings. Those that it has already fail the test of that document alone. */
const newProblemsIn = (document: (typeof documents)[number], content: string): readonly string[] => {
  const known = problemsIn(document, contentOf(document.file));
  return problemsIn(document, content).filter((problem) => !known.includes(problem));
};

/** The value of a configuration at a path such as `runs.memoryMb`. */
const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce((inner: unknown, key) => Object(inner)[key], value);

test('a configuration without a setting has its default', () => {
  const settings = settingsIn(configurationSchema).filter(({ path }) => !path.includes('<name>'));
  const configuration = parseConfiguration();

  expect(settings.map(({ path }) => [path, valueAt(configuration, path)])).toEqual(
    settings.map(({ path, default: value }) => [path, value]),
  );
  expect(settings.filter(({ default: value }) => value !== undefined).length).toBeGreaterThan(20);
});

test.each(documents)('$file has every setting with its default', (document) => {
  expect(problemsIn(document, contentOf(document.file))).toEqual([]);
});

test('no other page repeats a default beside the name of its setting', () => {
  const names = settingsIn(configurationSchema).filter(({ default: value }) => value !== undefined);
  const repetitions = [
    ...names.map(({ path }) => new RegExp(`\`${path}\`(?:,| \\(| \\(default) ?(?:\\d+|one|five|ten)\\b`)),
    ...names.map(({ path }) => new RegExp(`\\w+ (?:days|minutes|seconds|instances|MiB) \\(\`${path}\`\\)`)),
  ];
  const pages = projectFiles(/\.md$/).filter((file) => file !== page.file);

  expect(
    pages.flatMap((file) => repetitions.flatMap((repetition) => repetition.exec(contentOf(file))?.[0] ?? [])),
  ).toEqual([]);
});

test('a function without variables has the defaults of the configuration', () => {
  const { runs, stackName, tokenRotation, ...same } = parseConfiguration();

  const read = parseVariables({ ...callingSettings, ...startingSettings, ...warmingSettings }, {});

  expect(read).toEqual({
    secretPrefix: same.secretPrefix,
    allowedApiHosts: same.allowedApiHosts,
    credentialTtlMs: same.credentialTtlMs,
    greenApiTimeoutMs: same.greenApiTimeoutMs,
    warmInstances: same.warmInstances,
    warmHosts: same.warmHosts,
    tokenRotation: tokenRotation.enabled,
    stack: stackName,
    maxTargetsCeiling: runs.maxTargetsCeiling,
    executionTimeoutSeconds: runs.executionTimeoutDays * 24 * 60 * 60,
    runFunction: `${stackName}-run`,
    runQualifier: 'live',
  });
});

describe('a default that changed', () => {
  test.each([
    ['a number', page, /(?<=`memoryMb` \| )\d+/, '129', 'memoryMb'],
    ['a text', page, /(?<=`secretPrefix` \| )`[^`]+`/, '`green/`', 'secretPrefix'],
    ['a switch', page, /(?<=`tokenRotation.enabled` \| )`false`/, '`true`', 'tokenRotation.enabled'],
    ['a setting that has none', page, /(?<=`kmsKeyArn` \| )none/, '5', 'kmsKeyArn'],
    [
      'a default of each identity provider',
      page,
      /(?<=maxPerHour` \| )\d+/,
      '5',
      'identityProviders.<name>.maxPerHour',
    ],
    [
      'milliseconds',
      props,
      /(?<=@default )\d+ minutes(?= \*\/\n {2}readonly credentialTtl\?)/,
      '7 minutes',
      'credentialTtlMs',
    ],
    [
      'days',
      props,
      /(?<=@default )\d+ days(?= \*\/\n {2}readonly executionTimeout\?)/,
      '7 days',
      'runs.executionTimeoutDays',
    ],
    [
      'an inner prop',
      props,
      /(?<=@default )\d+(?= \*\/\n {2}readonly memorySize\?: number;\n\})/,
      '7',
      'runs.memoryMb',
    ],
    [
      'a prop of each identity provider',
      props,
      /(?<=@default )\d+(?= \*\/\n {2}readonly maxPerHour\?)/,
      '7',
      'identityProviders.<name>.maxPerHour',
    ],
  ])('is found by its name and corrected: %s', (_what, document, pattern, other, path) => {
    const content = contentOf(document.file);
    const old = content.replace(pattern, other);

    expect(newProblemsIn(document, old)).toEqual([
      expect.stringMatching(`^${document.file} says "${other}" for ${path}, whose default is `),
    ]);
    expect(withDefaults(document, old)).toBe(withDefaults(document, content));
  });
});

test.each([
  ['a row', page, /^\| `runs\.memoryMb`.*\n/m, 'runs.memoryMb'],
  ['a row of a setting without a default', page, /^\| `runbookUrl`.*\n/m, 'runbookUrl'],
  ['a prop', props, /^ {2}readonly burstLimit\?.*\n/m, 'throttling.burstLimit'],
  ['a prop without a default', props, /^ {2}readonly partnerBusName.*\n/m, 'offboarding.okta.partnerBusName'],
  [
    'a prop of each identity provider',
    props,
    /^ {2}readonly quietAfterHours\?.*\n/m,
    'identityProviders.<name>.quietAfterHours',
  ],
])('%s that is missing is named', (_what, document, pattern, path) => {
  const shorter = contentOf(document.file).replace(pattern, '');

  expect(newProblemsIn(document, shorter)).toEqual([`${document.file} says nothing about ${path}`]);
});

test.each([
  ['a row', page, '| `memoryMb` |', '| `memory` | 256 | |\n| `memoryMb` |', 'memory'],
  [
    'a prop',
    props,
    '  readonly memorySize?: number;\n  readonly runs',
    '  readonly memory?: number;\n  readonly memorySize?: number;\n  readonly runs',
    'memory',
  ],
])('%s that is no setting is named', (_what, document, before, after, path) => {
  const longer = contentOf(document.file).replace(before, after);

  expect(newProblemsIn(document, longer)).toContain(`${document.file} has ${path}, which is no setting`);
});
