import { existsSync } from 'node:fs';
import type { Configuration } from '../../infra/configuration/configuration.ts';
import { UsageError } from '../errors.ts';

/** Reads a configuration file; its schemas are loaded only now. @throws UsageError saying what is wrong in it */
export const loadConfiguration = async (file: string): Promise<Configuration> => {
  const { readConfiguration } = await import('../../infra/configuration/configuration-file.ts');
  try {
    return readConfiguration(file);
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigurationError') throw new UsageError(error.message);
    throw error;
  }
};

/** Reads a configuration file, if there is one. @throws UsageError saying what is wrong in it */
export const loadConfigurationIfAny = async (file: string): Promise<Configuration | undefined> =>
  existsSync(file) ? loadConfiguration(file) : undefined;
