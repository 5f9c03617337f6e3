import type { CommandDefinition } from './command.ts';
import { instancesCommand } from './commands/instances.ts';
import { logoutCommand } from './commands/logout.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { showCommand } from './commands/show.ts';
import { stateCommand } from './commands/state.ts';
import { stopCommand } from './commands/stop.ts';

/** Every command, in the order of the help and of `docs/cli.md`. */
export const commands: readonly CommandDefinition[] = [
  instancesCommand,
  stateCommand,
  logoutCommand,
  runCommand,
  runsCommand,
  showCommand,
  stopCommand,
];
