import { basename, dirname, join, normalize } from 'node:path';
import { states } from '../../functions/green-api/vocabulary.ts';
import { deskRoutes, providerRoutes, routes } from '../../functions/http/routes.ts';
import { filesUnder, read } from '../support/project-files.ts';

/** The module of a file: a file directly in `functions/` is a handler, a folder there is a module. */
const moduleOf = (file: string): string => {
  const [top, module, ...rest] = file.split('/');
  if (top !== 'functions') return top ?? '';
  return rest.length === 0 ? 'handler' : (module ?? '');
};

type Import = { readonly file: string; readonly from: string; readonly isTypeOnly: boolean };

const importsOf = (file: string): readonly Import[] =>
  [...read(file).matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*from\s+)?'(\.[^']+)'|import\(\s*'(\.[^']+)'/gm)].map(
    ([, type, from, dynamic]) => ({
      file,
      from: normalize(join(dirname(file), from ?? dynamic ?? '')),
      isTypeOnly: type !== undefined,
    }),
  );

/** The modules that each module may import. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  handler: [
    'desk',
    'scim',
    'identity-providers',
    'offboarding',
    'watch',
    'runs',
    'http',
    'logout',
    'green-api',
    'instances',
    'platform',
  ],
  desk: ['platform'],
  scim: ['identity-providers', 'offboarding', 'instances'],
  'identity-providers': ['offboarding', 'runs', 'instances', 'platform'],
  offboarding: ['runs', 'instances', 'platform'],
  http: ['watch', 'runs', 'logout', 'green-api', 'platform'],
  watch: ['runs', 'logout', 'green-api', 'instances', 'platform'],
  runs: ['logout', 'green-api', 'instances', 'platform'],
  logout: ['green-api', 'instances', 'platform'],
  instances: ['green-api', 'platform'],
  'green-api': ['platform'],
  platform: [],
};

/** The folders that each top-level folder may import. `package.json` is read for the version. */
const folderArrows: Readonly<Record<string, readonly string[]>> = {
  local: ['console', 'emulators', 'functions', 'infra', 'loopback'],
  cli: ['client', 'console', 'functions', 'infra'],
  infra: ['console', 'functions'],
  console: ['client', 'functions', 'loopback'],
  client: ['functions'],
  emulators: ['loopback'],
  functions: [],
  loopback: [],
};

const functionFiles = filesUnder('functions');
const allFiles = ['functions', 'infra', 'local', 'emulators', 'loopback', 'cli', 'client', 'console', 'test'].flatMap(
  (folder) => filesUnder(folder),
);

/** The files of `functions/` that `infra` may import. */
const importedByInfra = {
  names: [
    'functions/identity-providers/provider-metrics.ts',
    'functions/logout/evidence.ts',
    'functions/platform/environment.ts',
    'functions/platform/metrics.ts',
    'functions/platform/settings.ts',
    'functions/runs/failed-events.ts',
    'functions/runs/run-metrics.ts',
    'functions/watch/watch-evidence.ts',
  ],
  schemas: [
    'functions/identity-providers/identity-providers.ts',
    'functions/green-api/api-url.ts',
    'functions/green-api/instance-id.ts',
    'functions/runs/request.ts',
  ],
  routes: ['functions/http/routes.ts'],
  eventPatterns: [
    'functions/offboarding/custom.ts',
    'functions/offboarding/dialect.ts',
    'functions/offboarding/dialects.ts',
  ],
  clock: ['functions/platform/wall-clock.ts'],
} as const;

/** The files of each import cycle. `import type` counts too. */
const cyclesAmong = (files: readonly string[]): readonly string[] => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file) || !files.includes(file)) return;
    for (const { from } of importsOf(file)) visit(from, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return cycles;
};

/** The project's files that a function loads. Type imports do not count, because they are not in a bundle. */
const loadedBy = (entry: string): ReadonlySet<string> => {
  const loaded = new Set<string>();
  const visit = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { from, isTypeOnly } of importsOf(file)) if (!isTypeOnly) visit(from);
  };
  visit(entry);
  return loaded;
};

const sorted = (table: Readonly<Record<string, Iterable<string>>>) =>
  Object.fromEntries(Object.entries(table).map(([name, names]) => [name, [...names].sort()]));

/** What each place imports from others, by the place's name. Tests do not count. */
const arrowsAmong = (files: readonly string[], placeOf: (file: string) => string) => {
  const found: Record<string, Set<string>> = {};
  for (const file of files) {
    found[placeOf(file)] ??= new Set();
    for (const { from } of importsOf(file))
      if (from !== 'package.json' && placeOf(from) !== placeOf(file)) found[placeOf(file)]?.add(placeOf(from));
  }
  return sorted(found);
};

test('modules import in one direction only, and only what they need', () => {
  expect(arrowsAmong(functionFiles, moduleOf)).toEqual(sorted(arrows));
});

test('folders import in one direction only, and only what they need', () => {
  const files = Object.keys(folderArrows).flatMap((folder) => filesUnder(folder));
  const product = files.filter((file) => !file.endsWith('.test.ts'));

  expect(arrowsAmong(product, (file) => file.split('/')[0] ?? '')).toEqual(sorted(folderArrows));
});

test('the diagram of the folders in docs/architecture.md has the same arrows', () => {
  const drawn: Record<string, string[]> = {};
  const diagram = read('docs/architecture.md').split('<!-- folders -->')[1] ?? '';
  for (const [, from = '', to = ''] of diagram.matchAll(/^ +(\w+) --> (\w+)$/gm))
    drawn[from] = [...(drawn[from] ?? []), to];

  expect(sorted(drawn)).toEqual(
    sorted(Object.fromEntries(Object.entries(folderArrows).filter(([, to]) => to.length > 0))),
  );
});

const handlerNames = functionFiles
  .filter((file) => moduleOf(file) === 'handler')
  .map((file) => basename(file, '.ts'))
  .toSorted();

/** The functions in a part of a diagram, by their ids (`rotateToken`) or labels (`run (durable)`). */
const functionsNamedIn = (diagram: string): readonly string[] => {
  const names = [...diagram.matchAll(/"(.+?)(?: \(durable\))?"|(\w+)/g)].map(([, label, id = '']) => label ?? id);
  const inKebabCase = names.map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  return handlerNames.filter((name) => inKebabCase.includes(name));
};

const architecture = read('docs/architecture.md');

test('the overview in docs/architecture.md has every function, those of the API, and those that call GREEN-API', () => {
  const overview = architecture.split('```')[1] ?? '';
  const [, ofApi = ''] = /^ +api\["HTTP API"\] --> (.+)$/m.exec(overview) ?? [];
  const [, toGreenApi = ''] = /^ +(.+) --> greenApi\[/m.exec(overview) ?? [];
  const routed = [...routes, ...deskRoutes, ...providerRoutes].map((route) => route.function);
  const calling = handlerNames.filter((name) =>
    loadedBy(`functions/${name}.ts`).has('functions/green-api/exchange.ts'),
  );

  expect(functionsNamedIn(overview)).toEqual(handlerNames);
  expect(functionsNamedIn(ofApi)).toEqual([...new Set<string>(routed)].toSorted());
  expect(functionsNamedIn(toGreenApi)).toEqual(calling);
});

test('the functions that take part in the sequences in docs/architecture.md exist', () => {
  const taking = [...architecture.matchAll(/^ +participant \w as ([a-z-]+)$/gm)].map(([, name]) => name);

  expect(taking).toContain('run');
  expect(taking.filter((name) => !handlerNames.includes(name ?? ''))).toEqual([]);
});

test('docs/architecture.md says what each folder and each module holds', () => {
  const modules = Object.keys(arrows).filter((name) => name !== 'handler');
  const places = [
    ...modules.map((name) => `\`functions/${name}\``),
    ...Object.keys(folderArrows).map((name) => `\`${name}/\``),
  ];

  expect(places.filter((place) => !architecture.includes(place))).toEqual([]);
});

test('no import cycle exists', () => {
  expect(cyclesAmong(allFiles)).toEqual([]);
});

// A file is one subject: durable operations, backoff and parallelism are three of those that a run loads.
test.each([
  ['logout', 41],
  // Reasons: docs/decisions/0014-files-that-a-function-loads.md
  ['run', 60],
])('%s loads at most %i files of the project', (name, most) => {
  expect([...loadedBy(`functions/${name}.ts`)].length).toBeLessThanOrEqual(most);
});

/** Whether a file, or one that it loads, imports the CDK: 500 files, which take a third of a second. */
const loadsCdk = (entry: string): boolean =>
  [...loadedBy(entry)].some((file) => /^import (?!type)[^;]*from 'aws-cdk-lib/m.test(read(file)));

test('neither the local service nor the command line loads the CDK', () => {
  expect(['infra/app.ts', 'local/dev-server/service.ts', 'cli/main.ts'].filter(loadsCdk)).toEqual(['infra/app.ts']);
});

test('modules never read the environment; handlers and the log do', () => {
  const readers = functionFiles.filter((file) => moduleOf(file) !== 'handler' && /process\.env\b/.test(read(file)));

  expect(readers).toEqual([]);
});

const productFiles = ['functions', 'infra', 'cli', 'client', 'console'].flatMap((folder) => filesUnder(folder));

test('only the table knows the words of GREEN-API: other code decides by the class of a state', () => {
  const comparison = new RegExp(`[=!]==? *'(?:${Object.keys(states).join('|')})'`);

  expect("state === 'authorized'").toMatch(comparison);
  expect(productFiles.filter((file) => comparison.test(read(file)))).toEqual([]);
});

test('only the table knows how many digits an id has', () => {
  const digits = /(?:\[0-9\]|\\d)\{1,(?:10|20)\}/;

  expect('/^[0-9]{1,10}$/').toMatch(digits);
  expect(productFiles.filter((file) => digits.test(read(file)))).toEqual(['functions/green-api/vocabulary.ts']);
});

test('functions import nothing of the infrastructure or the tests', () => {
  const wrong = functionFiles.flatMap(importsOf).filter(({ from }) => !from.startsWith('functions/'));

  expect(wrong).toEqual([]);
});

test('the infrastructure imports only names, schemas, routes, event patterns and the clock of the functions', () => {
  const imported = filesUnder('infra')
    .flatMap(importsOf)
    .map(({ from }) => from)
    .filter((from) => from.startsWith('functions/'));

  expect([...new Set(imported)].sort()).toEqual(Object.values(importedByInfra).flat().sort());
});

test('emulators import nothing of the product, and their tests nothing but helpers', () => {
  const imports = [...filesUnder('emulators'), ...filesUnder('loopback')].flatMap(importsOf);
  const wrong = imports.filter(
    ({ file, from }) =>
      !/^(?:emulators|loopback)\//.test(from) && !(file.endsWith('.test.ts') && from.startsWith('test/support/')),
  );

  expect(imports.length).toBeGreaterThan(50);
  expect(wrong).toEqual([]);
});

test('the client imports nothing but itself and four small tables, which import nothing', () => {
  const others = filesUnder('client')
    .flatMap(importsOf)
    .filter(({ from }) => !from.startsWith('client/'));
  const loaded = others.filter(({ isTypeOnly }) => !isTypeOnly).map(({ from }) => from);

  expect(loaded.toSorted()).toEqual([
    'functions/green-api/vocabulary.ts',
    'functions/instances/unreadable-secrets.ts',
    'functions/runs/open-outcome.ts',
    'functions/runs/run-status.ts',
  ]);
  expect(loaded.flatMap(importsOf)).toEqual([]);
  expect(new Set(others.map(({ from }) => from.split('/')[0]))).toEqual(new Set(['functions']));
});

test.each([
  ['@aws-sdk/', ['runs', 'instances', 'logout', 'offboarding', 'platform']],
  ['@aws-sdk/client-identitystore', ['offboarding', 'platform']],
  ['@aws-sdk/client-lambda', ['runs', 'platform']],
  ['@aws-sdk/client-eventbridge', ['logout', 'platform']],
  ['@aws-sdk/client-secrets-manager', ['instances', 'logout', 'platform']],
  ['node:http', ['green-api']],
])('%s is imported by no module but %j', (name, modules) => {
  const others = functionFiles.filter(
    (file) =>
      !modules.includes(moduleOf(file)) && new RegExp(`^import (?!type)[^;]*from '${name}`, 'm').test(read(file)),
  );

  expect(others).toEqual([]);
});

test('the check finds a wrong import, a cycle and a type-only import', () => {
  expect(arrows.instances?.includes(moduleOf('functions/http/response.ts'))).toBe(false);
  expect(moduleOf('functions/logout.ts')).toBe('handler');
  expect(importsOf('functions/logout.ts').map(({ from }) => from)).toContain('functions/logout/log-out.ts');
  expect(loadedBy('functions/logout.ts')).toContain('functions/green-api/exchange.ts');
  expect(cyclesAmong(['functions/logout.ts'])).toEqual([]);
});
