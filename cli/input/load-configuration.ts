import type { Configuration } from '../../infra/configuration/configuration.ts';
import { CommandFailed } from '../errors.ts';

/** Reads a configuration file; its schemas are loaded only now. @throws CommandFailed saying what is wrong in it */
export const loadConfiguration = async (file: string): Promise<Configuration> => {
  const { readConfiguration } = await import('../../infra/configuration/configuration-file.ts');
  try {
    return readConfiguration(file);
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigurationError') throw new CommandFailed(error.message);
    throw error;
  }
};
