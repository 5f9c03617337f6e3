const modules = ['logout', 'green-api', 'identity-providers', 'scim', 'offboarding', 'instances', 'runs'];

/**
 * Run from the project's root with `npm run test:mutation`, or for a module with
 * `npm run test:mutation -- --mutate 'functions/logout/**'`.
 */
export default {
  plugins: [import.meta.resolve('./runner.mjs')],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  // The handlers, which read a request and compose what answers it, are beside the modules.
  mutate: [...modules.map((name) => `functions/${name}/**/*.ts`), 'functions/*.ts'],
  // A text is held by a test where somebody relies on it.
  mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral'] },
  ignorePatterns: ['.local', 'cdk.out', 'coverage', 'dist', 'docs/images', 'test/*/node_modules'],
  // None: TypeScript 7 has no JavaScript API to rewrite one with.
  tsconfigFile: 'none',
  checkers: [],
  concurrency: 2,
  maxTestRunnerReuse: 300,
  // A mutant that survives takes as long as its tests did; one that hangs takes this much longer.
  timeoutMS: 5_000,
  timeoutFactor: 3,
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  reporters: ['clear-text', 'json', 'progress'],
  jsonReporter: { fileName: '.local/mutation-report.json' },
  tempDirName: '.local/mutation',
  incremental: true,
  incrementalFile: '.local/mutation.json',
  thresholds: { high: 90, low: 80, break: 80 },
};
