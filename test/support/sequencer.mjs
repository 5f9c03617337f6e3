import { statSync } from 'node:fs';
import { relative } from 'node:path';

/** Files in these folders mostly wait: for a service, a browser, a command. */
const waiting = ['test/cli/', 'test/system/', 'test/browser/', 'emulators/lambda/'];

/** They take longest, so they begin first: the whole suite is not done before they are. */
const longest = [
  'test/cli/local-service',
  'test/system/fault-matrix',
  'test/system/leak-search',
  'test/system/',
  'test/browser/',
];

const before = (names, path) => {
  const at = names.findIndex((name) => path.startsWith(name));
  return at === -1 ? names.length : at;
};

const orderOf = (test) => {
  const path = relative(test.context.config.rootDir, test.path);
  const waits = waiting.some((folder) => path.startsWith(folder));
  return { test, waits, long: before(longest, path), size: statSync(test.path).size };
};

/** After each file that waits come some that compute, so that neither the workers nor the processors are idle. */
export default class {
  sort(tests) {
    const sorted = tests.map(orderOf).sort((one, other) => one.long - other.long || other.size - one.size);
    const waits = sorted.filter((each) => each.waits);
    const computes = sorted.filter((each) => !each.waits);
    const rounds = Math.max(waits.length, 1);
    const share = Math.ceil(computes.length / rounds);
    return Array.from({ length: rounds }, (_, at) => [
      ...waits.slice(at, at + 1),
      ...computes.slice(at * share, (at + 1) * share),
    ])
      .flat()
      .map(({ test }) => test);
  }

  cacheResults() {}
}
