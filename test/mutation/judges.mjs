/** Files of unit tests that judge no mutant. */
const others = [
  // They read the project's files, which the mutants change.
  /unit\/(?:architecture|docs|words|google-apps-script|cli\/docs)\.test\.ts$/,
  // Wait for real time or start processes.
  /(?:real-time|process-output)\.test\.ts$/,
];

/** Tests that take two seconds or more, which each mutant that survives would pay for. */
const slow = new Set([
  'answers that a run is unknown if it was never started',
  'a queue that is not cleared in time leaves time for the rotation',
  'concurrent requests for one instance share one read of its secret',
  'ends early enough to write the evidence and to answer',
  '3,000 instances that cannot be logged out for a month stay within the operation limit of Lambda',
  '3,000 instances that stay pending for a day need fewer than the 3,000 operations of an execution',
  '500 instances are watched for 30 days with one step per poll and at most 2,000 operations',
]);

export const isJudge = (file) => !others.some((pattern) => pattern.test(file));

export const isQuick = (name) => !slow.has(name);
