import type { FaultSetup } from './fault-setup.ts';
import { driveLogouts, driveRuns } from './green-api-cells.ts';
import { driveMalformed, driveSecretFaults } from './secrets-cells.ts';
import { selectedFaults } from './selected-faults.ts';

/**
 * Drives every selected fault at every function. One kind after the other, because a process that is busy for a second would be one
 * more fault; a Secrets Manager that never answers is only waited for, beside them all.
 */
export const driveAllFaults = async (setup: FaultSetup) => {
  const { secretsManager } = selectedFaults;
  const hanging = driveSecretFaults(
    setup,
    secretsManager.filter((fault) => fault === 'hang'),
  );
  const malformed = await driveMalformed(setup);
  const answering = await driveSecretFaults(
    setup,
    secretsManager.filter((fault) => fault !== 'hang'),
  );
  const [logouts, runs] = await Promise.all([driveLogouts(setup), driveRuns(setup)]);
  return { malformed, secrets: new Map([...answering, ...(await hanging)]), logouts, runs };
};
