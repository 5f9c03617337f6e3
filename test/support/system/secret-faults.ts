import type { FaultName } from '../../../emulators/secrets-manager/faults.ts';

type Planned = { readonly fault: FaultName; readonly times?: number };

/** Reading leaves nothing behind, so it makes no difference whether a request that fails was carried out. */
type ReadingFault = Exclude<FaultName, `carried-out-but-${string}`>;

/** Each fault for good, and some that pass. The SDK asks three times. */
export const secretFaults = {
  'access-denied': { fault: 'access-denied' },
  'decryption-failure': { fault: 'decryption-failure' },
  'marked-for-deletion': { fault: 'marked-for-deletion' },
  throttled: { fault: 'throttled' },
  'throttled once': { fault: 'throttled', times: 1 },
  'throttled 4 times': { fault: 'throttled', times: 4 },
  'internal-error': { fault: 'internal-error' },
  'internal-error once': { fault: 'internal-error', times: 1 },
  reset: { fault: 'reset' },
  'reset once': { fault: 'reset', times: 1 },
  hang: { fault: 'hang' },
  'hang once': { fault: 'hang', times: 1 },
  slow: { fault: 'slow' },
} as const satisfies Record<string, Planned> & Record<ReadingFault, Planned>;

export type SecretFault = keyof typeof secretFaults;

export const secretFaultNames = Object.keys(secretFaults) as readonly SecretFault[];
