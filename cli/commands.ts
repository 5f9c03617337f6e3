import type { CommandDefinition } from './command.ts';
import { consoleCommand } from './commands/console.ts';
import { doctorCommand } from './commands/doctor.ts';
import { drainCommand } from './commands/drain.ts';
import { enrollCommand } from './commands/enroll.ts';
import { evidenceCommand } from './commands/evidence.ts';
import { findCommand } from './commands/find.ts';
import { instancesCommand } from './commands/instances.ts';
import { logoutCommand } from './commands/logout.ts';
import { probeCommand } from './commands/probe.ts';
import { reconcileCommand } from './commands/reconcile.ts';
import { reportCommand } from './commands/report.ts';
import { retryCommand } from './commands/retry.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { schedulesCommand } from './commands/schedules.ts';
import { sendEventCommand } from './commands/send-event.ts';
import { showCommand } from './commands/show.ts';
import { smokeCommand } from './commands/smoke.ts';
import { stateCommand } from './commands/state.ts';
import { stopCommand } from './commands/stop.ts';
import { tokenNewCommand } from './commands/token-new.ts';

/** Every command, in the order of the help and of `docs/cli.md`. */
export const commands: readonly CommandDefinition[] = [
  findCommand,
  instancesCommand,
  stateCommand,
  logoutCommand,
  runCommand,
  runsCommand,
  showCommand,
  stopCommand,
  retryCommand,
  enrollCommand,
  evidenceCommand,
  reportCommand,
  doctorCommand,
  smokeCommand,
  reconcileCommand,
  probeCommand,
  drainCommand,
  tokenNewCommand,
  consoleCommand,
  schedulesCommand,
  sendEventCommand,
];
