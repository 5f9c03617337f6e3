import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = join(__dirname, '..');

const filesUnder = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));

/** Which room a file stands in: a door is a file directly in `functions/`. */
const roomOf = (file: string): string => {
  const [top, room, ...rest] = file.split('/');
  if (top !== 'functions') return top ?? '';
  return rest.length === 0 ? 'door' : (room ?? '');
};

const importsOf = (file: string): readonly { readonly from: string; readonly isTypeOnly: boolean }[] =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /^(?:import|export)\s+(type\s)?(?:[^'";]*from\s+)?'(\.[^']+)'|import\(\s*'(\.[^']+)'/gm,
    ),
  ].map(([, type, from, dynamic]) => ({
    from: normalize(join(dirname(file), from ?? dynamic ?? '')),
    isTypeOnly: type !== undefined,
  }));

/** Which rooms each room may import from: doors → offboarding, http → executions → forced-logout → logout → green-api, instances. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  door: ['offboarding', 'executions', 'forced-logout', 'http', 'logout', 'green-api', 'instances'],
  offboarding: ['forced-logout'],
  executions: ['forced-logout'],
  'forced-logout': ['logout', 'green-api', 'instances'],
  http: ['executions', 'forced-logout', 'logout', 'instances'],
  logout: ['green-api', 'instances'],
  'green-api': ['instances'],
  instances: [],
};

const functionFiles = filesUnder('functions');
const importsIn = (files: readonly string[]) =>
  files.flatMap((file) => importsOf(file).map((imported) => ({ file, room: roomOf(file), ...imported })));

test('the rooms import one way only', () => {
  const wrong = importsIn(functionFiles).filter(({ room, from }) => {
    const target = roomOf(from);
    if (room === target && room !== 'door') return false;
    if (room === 'runtime') return false;
    if (room === 'door' && target === 'runtime') return !from.startsWith('functions/runtime/wire-');
    return !arrows[room]?.includes(target);
  });

  expect(wrong).toEqual([]);
});

test('runtime is reached only by the doors, and takes from them only the types of what they need', () => {
  const wrong = importsIn(functionFiles).filter(
    ({ room, from, isTypeOnly }) =>
      (roomOf(from) === 'runtime' && room !== 'door' && room !== 'runtime') ||
      (room === 'runtime' && roomOf(from) === 'door' && !isTypeOnly),
  );

  expect(wrong).toEqual([]);
});

test('only runtime reads the environment', () => {
  const readers = functionFiles.filter(
    (file) => roomOf(file) !== 'runtime' && /process\.env\b/.test(readFileSync(join(root, file), 'utf8')),
  );

  expect(readers).toEqual([]);
});

test('functions import nothing of the infrastructure or the tests', () => {
  const wrong = importsIn(functionFiles).filter(({ from }) => !from.startsWith('functions/'));

  expect(wrong).toEqual([]);
});

test.each([
  ['@aws-sdk/', ['executions', 'instances', 'runtime']],
  ['@aws-sdk/client-lambda', ['executions', 'runtime']],
  ['@aws-sdk/client-secrets-manager', ['instances', 'runtime']],
  ['node:http', ['green-api']],
])('%s stands in no room but %j', (name, rooms) => {
  const strangers = functionFiles.filter(
    (file) => !rooms.includes(roomOf(file)) && readFileSync(join(root, file), 'utf8').includes(`from '${name}`),
  );

  expect(strangers).toEqual([]);
});

test('the test finds an arrow that points the wrong way', () => {
  expect(arrows.instances?.includes(roomOf('functions/http/problem.ts'))).toBe(false);
  expect(roomOf('functions/logout.ts')).toBe('door');
  expect(importsOf('functions/logout.ts').map(({ from }) => from)).toContain('functions/runtime/wire-logout.ts');
});
