import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { ModernFakeTimers } from '@jest/fake-timers';
import { expect } from 'expect';
import { bind } from 'jest-each';
import { ModuleMocker } from 'jest-mock';

/** What a test waits for: a mutant that hangs ends it, and the process goes on. */
const timeLimitMs = (usualMs = 2_000) => 2_000 + 5 * usualMs;

/** Errors that nothing awaits belong to the test that was running where they began. */
const running = new AsyncLocalStorage();
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) => running.getStore()?.fail(error));
}

/** Loads the project's files. Each file of tests gets instances of its own; packages are shared. */
const createLoader = ({ moduleNameMapper, transform }) => {
  const packages = createRequire(join(process.cwd(), 'package.json'));
  const mapped = Object.entries(moduleNameMapper).map(([pattern, path]) => [new RegExp(pattern), path]);
  const scripts = new Map();

  const scriptOf = (path) => {
    if (!scripts.has(path)) {
      const source = path.endsWith('.json')
        ? `module.exports = ${readFileSync(path, 'utf8')}`
        : transform(readFileSync(path, 'utf8'), path).code;
      const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
      scripts.set(path, new Script(wrapped, { filename: path }));
    }
    return scripts.get(path);
  };

  return () => {
    const modules = new Map();
    const load = (from) => {
      const known = modules.get(from);
      if (known) return known.exports;
      const module = { exports: {} };
      modules.set(from, module);
      const require = (name) => {
        if (name.startsWith('.')) return load(join(dirname(from), name));
        const path = mapped.find(([pattern]) => pattern.test(name))?.[1];
        return path ? load(path) : packages(name);
      };
      scriptOf(from).runInThisContext()(module.exports, require, module, from, dirname(from));
      return module.exports;
    };
    return { load, isLoaded: (path) => modules.has(path) };
  };
};

const createSuite = (name, parent) => ({
  name,
  parent,
  children: [],
  hooks: { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] },
});

const fullNameOf = ({ name, parent }) => (parent?.name ? `${fullNameOf(parent)} ${name}` : name);

/** Defines the globals of jest that the tests use. Returns what collects the suites of a file. */
const defineGlobals = () => {
  let suite = createSuite('');
  const describe = (name, body) => {
    const inner = createSuite(name, suite);
    suite.children.push(inner);
    suite = inner;
    body();
    suite = inner.parent;
  };
  const test = (name, body) => void suite.children.push({ name, body, parent: suite });
  const hooks = Object.keys(suite.hooks).map((kind) => [kind, (body) => void suite.hooks[kind].push(body)]);
  const mocker = new ModuleMocker(globalThis);
  const timers = new ModernFakeTimers({ global: globalThis, config: { fakeTimers: {}, rootDir: process.cwd() } });
  const jest = {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    clearAllMocks: mocker.clearAllMocks.bind(mocker),
    resetAllMocks: mocker.resetAllMocks.bind(mocker),
    restoreAllMocks: mocker.restoreAllMocks.bind(mocker),
    useFakeTimers: timers.useFakeTimers.bind(timers),
    useRealTimers: timers.useRealTimers.bind(timers),
    advanceTimersByTime: timers.advanceTimersByTime.bind(timers),
    advanceTimersByTimeAsync: timers.advanceTimersByTimeAsync.bind(timers),
    setSystemTime: timers.setSystemTime.bind(timers),
  };
  Object.assign(globalThis, Object.fromEntries(hooks), {
    expect,
    jest,
    describe: Object.assign(describe, { each: bind(describe, false) }),
    test: Object.assign(test, { each: bind(test, false) }),
  });
  return {
    collect: (load) => {
      suite = createSuite('');
      load();
      return suite;
    },
    reset: () => {
      timers.useRealTimers();
      mocker.restoreAllMocks();
    },
  };
};

const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

/** Runs a hook or a test. Returns the error that it ended with. */
const settle = (bodies, limitMs) =>
  new Promise((resolve) => {
    const timer = startTimer(() => resolve(new Error(`no end after ${limitMs} ms`)), limitMs);
    const end = (error) => {
      stopTimer(timer);
      resolve(error);
    };
    running.run({ fail: (error) => end(error ?? new Error('unknown')) }, async () => {
      try {
        for (const body of bodies) await body();
        end();
      } catch (error) {
        end(error ?? new Error('unknown'));
      }
    });
  });

const hooksOf = (suite, kind) => {
  const outer = suite.parent ? hooksOf(suite.parent, kind) : [];
  return kind === 'beforeEach' ? [...outer, ...suite.hooks[kind]] : [...suite.hooks[kind], ...outer];
};

const selects = (item, chosen) => (item.body ? chosen(item) : item.children.some((child) => selects(child, chosen)));

/** Runs the chosen tests of a suite until one says to stop. */
async function* runSuite(suite, chosen, limitOf) {
  const before = await settle(suite.hooks.beforeAll, timeLimitMs());
  try {
    for (const item of suite.children) {
      if (!selects(item, chosen)) continue;
      if (!item.body) {
        yield* runSuite(item, chosen, limitOf);
        continue;
      }
      const start = performance.now();
      const error = before ?? (await settle([...hooksOf(suite, 'beforeEach'), () => item.body()], limitOf(item)));
      const after = await settle(hooksOf(suite, 'afterEach'), timeLimitMs());
      yield { item, error: error ?? after, ms: performance.now() - start };
    }
  } finally {
    await settle(suite.hooks.afterAll, timeLimitMs());
  }
}

/** Numbers tests of one name, so that each has an id of its own. */
const nameTests = (suite, file, seen = new Map()) => {
  for (const item of suite.children) {
    if (!item.body) nameTests(item, file, seen);
    else {
      const name = fullNameOf(item);
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      item.id = `${file}: ${name}${times > 1 ? ` (${times})` : ''}`;
    }
  }
};

/** Runs files of tests in this process, with the globals of jest. */
export const createHarness = (config) => {
  const createModules = createLoader(config);
  const { collect, reset } = defineGlobals();

  return async function* run(file, { about, chosen = () => true, usualMs = () => undefined, starting = () => {} }) {
    const variables = { ...process.env };
    try {
      const { load, isLoaded } = createModules();
      const suite = collect(() => load(join(process.cwd(), file)));
      if (about?.some(isLoaded) === false) return;
      nameTests(suite, file);
      const only = ({ name, id }) => chosen(name, id);
      const limitOf = (item) => {
        starting(item.id);
        return timeLimitMs(usualMs(item.id));
      };
      for await (const { item, error, ms } of runSuite(suite, only, limitOf)) {
        starting(undefined);
        yield { id: item.id, error, ms };
      }
    } finally {
      reset();
      for (const name of Object.keys(process.env)) delete process.env[name];
      Object.assign(process.env, variables);
    }
  };
};
