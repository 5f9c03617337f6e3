/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/emulators'],
  // Many files wait for seconds to pass.
  maxWorkers: 8,
  // Ends a test that hangs; none is about how fast the machine is, and some wait for half a minute on an idle one.
  testTimeout: 600_000,
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  globalSetup: '<rootDir>/test/support/run-folder.ts',
  setupFiles: ['<rootDir>/test/support/compiled-folder.ts'],
  globalTeardown: '<rootDir>/test/support/remove-run-folder.ts',
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/bench/', '<rootDir>/test/load/'],
  transform: { '\\.m?[jt]s$': '<rootDir>/test/support/transform.mjs' },
  // middy publishes ES modules only, behind an `exports` that CommonJS cannot resolve; jose publishes ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!@middy/|jose/)'],
  moduleNameMapper: {
    '^@middy/core$': '<rootDir>/node_modules/@middy/core/index.js',
    '^@middy/core/DurableContext$': '<rootDir>/node_modules/@middy/core/executionModeDurableContext.js',
    '^@middy/util$': '<rootDir>/node_modules/@middy/util/index.js',
  },
};
