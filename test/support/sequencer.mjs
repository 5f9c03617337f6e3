import { statSync } from 'node:fs';
import { relative } from 'node:path';

/** Files in these folders mostly wait: for a service, a browser, a command. The longest first. */
const waiting = ['test/system/', 'test/browser/', 'test/cli/', 'emulators/lambda/'];

const orderOf = (test) => {
  const path = relative(test.context.config.rootDir, test.path);
  const folder = waiting.findIndex((name) => path.startsWith(name));
  return { test, folder: folder === -1 ? waiting.length : folder, size: statSync(test.path).size };
};

/** After each file that waits come some that compute, so that neither the workers nor the processors are idle. */
export default class {
  sort(tests) {
    const sorted = tests.map(orderOf).sort((one, other) => one.folder - other.folder || other.size - one.size);
    const waits = sorted.filter(({ folder }) => folder < waiting.length);
    const computes = sorted.filter(({ folder }) => folder === waiting.length);
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
