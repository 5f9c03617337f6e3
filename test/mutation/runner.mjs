import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { createHarness } from './harness.mjs';
import { isJudge, isQuick } from './judges.mjs';

const durationsFile = '.durations.json';

/** Most mutants end at a test that takes no longer. */
const quickMs = 100;

const importDefault = async (path) => (await import(pathToFileURL(join(process.cwd(), path)).href)).default;

const count = (to, hits) => {
  for (const [mutant, times] of Object.entries(hits)) to[mutant] = (to[mutant] ?? 0) + times;
  return to;
};

/**
 * Runs unit tests in the worker process itself. What a mutant costs is its tests: the project's files are compiled once,
 * and only evaluated again for each file of tests, with the mutant active.
 */
class InProcessRunner {
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const { moduleNameMapper } = await importDefault('jest.config.js');
    const { process: transform } = await importDefault('test/support/transform.mjs');
    const mapped = Object.entries(moduleNameMapper).map(([name, path]) => [
      name,
      path.replace('<rootDir>', process.cwd()),
    ]);
    this.run = createHarness({ transform, moduleNameMapper: Object.fromEntries(mapped) });
    createRequire(join(process.cwd(), 'package.json'))('fast-check').configureGlobal({ seed: 1 });
  }

  async dryRun({ files: about }) {
    const tests = [];
    const perTest = {};
    const durations = {};
    for (const file of globSync('test/unit/**/*.test.ts').filter(isJudge).sort()) {
      const mutantCoverage = { static: {}, perTest: {} };
      const space = { mutantCoverage };
      globalThis.__stryker__ = space;
      const starting = (id) => {
        space.currentTestId = id;
      };
      const start = performance.now();
      const ids = [];
      for await (const { id, error, ms } of this.run(file, { about, chosen: isQuick, starting })) {
        if (error) return { status: 'error', errorMessage: `${id}: ${error.stack ?? error}` };
        ids.push(id);
        durations[id] = ms;
      }
      // Stryker adds the time that belongs to no test to the time limit of each mutant.
      const timeOfTests = ids.reduce((sum, id) => sum + durations[id], 0);
      const otherMs = (performance.now() - start - timeOfTests) / ids.length;
      for (const id of ids) {
        const timeSpentMs = durations[id] + otherMs;
        tests.push({ id, name: id, fileName: join(process.cwd(), file), timeSpentMs, status: 0 });
        // What is evaluated when a file is loaded, each of its tests can notice: a file is loaded with the mutant active.
        perTest[id] = count({ ...mutantCoverage.static }, mutantCoverage.perTest[id] ?? {});
      }
    }
    writeFileSync(durationsFile, JSON.stringify(durations));
    return { status: 'complete', tests, mutantCoverage: { static: {}, perTest } };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    this.durations ??= JSON.parse(readFileSync(durationsFile, 'utf8'));
    const { durations } = this;
    const timeOf = (ids) => ids.reduce((sum, id) => sum + durations[id], 0);
    const { true: quick = [], false: slow = [] } = Object.groupBy(testFilter, (id) => durations[id] <= quickMs);
    const files = [quick, slow].flatMap((ids) =>
      [...Map.groupBy(ids, (id) => id.slice(0, id.indexOf(': ')))].sort(([, a], [, b]) => timeOf(a) - timeOf(b)),
    );
    let nrOfTests = 0;
    for (const [file, ids] of files) {
      const space = { activeMutant: activeMutant.id, hitLimit, hitCount: 0 };
      globalThis.__stryker__ = space;
      const chosen = new Set(ids);
      const choice = { chosen: (_, id) => chosen.has(id), usualMs: (id) => durations[id] };
      const killed = (id, error) => ({
        status: 'killed',
        killedBy: [id],
        failureMessage: String(error?.message ?? error),
        nrOfTests,
      });
      try {
        for await (const { id, error } of this.run(file, choice)) {
          nrOfTests += 1;
          if (space.hitCount > hitLimit) return { status: 'timeout', reason: `more than ${hitLimit} hits` };
          if (error) return killed(id, error);
        }
      } catch (error) {
        // The file cannot be loaded with this mutant.
        return killed(ids[0], error);
      }
    }
    return { status: 'survived', nrOfTests };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
