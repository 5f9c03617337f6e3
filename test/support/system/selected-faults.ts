import { faultNames } from '../../../emulators/green-api/faults.ts';
import { brokenHostNames } from './broken-hosts.ts';
import { malformedNames } from './malformed-secrets.ts';
import { secretFaultNames } from './secret-faults.ts';

/** One fault of the matrix, alone: `FAULT=http-404 npx jest test/system/fault-matrix.test.ts`. */
const { FAULT: only } = process.env;

/** Whether every fault is driven. */
export const isWholeMatrix = only === undefined;

const selected = <Name extends string>(names: readonly Name[]): readonly Name[] =>
  isWholeMatrix ? names : names.filter((name) => name === only);

export const selectedFaults = {
  greenApi: selected(faultNames),
  hosts: selected(brokenHostNames),
  secretsManager: selected(secretFaultNames),
  malformed: selected(malformedNames),
} as const;

if (Object.values(selectedFaults).every((names) => names.length === 0))
  throw new Error(
    `FAULT is "${only}": it must be one of ${[...new Set([...faultNames, ...brokenHostNames, ...secretFaultNames, ...malformedNames])].join(', ')}`,
  );
