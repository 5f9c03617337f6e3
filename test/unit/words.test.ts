import { filesUnder, projectFiles, read } from '../support/project-files.ts';

/** Words that another word has replaced. The handler of the function `forced-logouts` is named after it. */
const oldWords = [
  /named[ _-]?caller/i,
  /departure|departed/i,
  /forced logout|forced-?logout(?!s)/i,
  /aftercare|takeCare|noteRateLimit|\bfindOut\b/i,
  // AWS names a property so.
  /redriv(?!ePolicy)/i,
] as const;
/** In these files a caller would be an identity provider. Elsewhere a caller is whoever calls the API. */
const filesOfIdentityProviders = /^(?:functions|infra|local|cli|docs)\/.*(?:provider|scim|webhook|connect\/)/;

/** The changelog and these tests name the old words. */
const mayNameThem = ['CHANGELOG.md', 'package-lock.json', 'test/unit/docs.test.ts', 'test/unit/words.test.ts'];
const files = projectFiles(/\.(?:tsx?|mjs|md|json|ya?ml|css|html)$/).filter((file) => !mayNameThem.includes(file));

/** The names that keep an old word, from the table in the documentation. */
const [, table = ''] = read('docs/architecture.md').split('### Names that keep an old word');
const keptNames = [...table.matchAll(/^\| `([^`]+)` \|/gm)].flatMap(([, name]) => name ?? []);

const oldWordsIn = (file: string, text: string): readonly string[] => {
  // A name in quotation marks or in backticks; one that nobody would write as words, also elsewhere.
  const kept = keptNames.map((name) => (name === 'caller' ? /(['`])caller\1/g : new RegExp(name, 'g')));
  const rest = kept.reduce((left, name) => left.replace(name, ''), `${file}\n${text}`);
  const words = filesOfIdentityProviders.test(file) ? [...oldWords, /caller/i] : oldWords;
  return words.flatMap((word) => word.exec(rest)?.[0] ?? []);
};

/** What to do at an upgrade names the commands of the version before. */
const withoutUpgrades = (page: string): string => page.replace(/^## Upgrade from .*?(?=^## )/gms, '');

test('no file says an old word, except in the names that keep one', () => {
  const found = files.flatMap((file) =>
    oldWordsIn(file, withoutUpgrades(read(file))).map((word) => `${file}: ${word}`),
  );

  expect(found).toEqual([]);
});

test.each(keptNames)('%s, which keeps an old word, is in use', (name) => {
  const sources = ['functions', 'infra'].flatMap((folder) => filesUnder(folder)).map(read);

  expect(sources.some((source) => source.includes(name))).toBe(true);
});

test.each([
  ['cli/program.ts', 'Make tokens for named callers', 'named caller'],
  ['docs/runs.md', 'the limit of departures', 'departure'],
  ['openapi.yaml', 'startForcedLogout', 'ForcedLogout'],
  ['functions/departure-limit.ts', '', 'departure'],
  ['functions/scim.ts', 'of this caller', 'caller'],
  ['docs/operations.md', 'Redrive the queue', 'Redriv'],
])('the check finds an old word in %s', (file, text, word) => {
  expect(oldWordsIn(file, text)).toEqual([word]);
});
