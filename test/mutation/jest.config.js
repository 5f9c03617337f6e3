import base from '../../jest.config.js';

/** The tests that mutants are judged by: unit tests of the mutated modules. @type {import('jest').Config} */
export default {
  ...base,
  rootDir: process.cwd(),
  roots: ['<rootDir>/test/unit'],
  testPathIgnorePatterns: [
    '/node_modules/',
    // They read the project's files, which the mutants change.
    '/unit/(?:architecture|docs|words|google-apps-script|notifications)\\.test\\.ts$',
    '/unit/(?:cli|client|console|local)/',
    // Wait for real time or start processes.
    'real-time\\.test\\.ts$',
  ],
};
