import { join } from 'node:path';
import { createConsoleHandler } from '../../console/server/console-handler.ts';
import { readConsolePage } from '../../console/server/console-page.ts';
import { distFolder } from '../../infra/bundling/dist-folder.ts';
import type { Configuration } from '../../infra/configuration/configuration.ts';
import { upcomingFirings } from '../../infra/configuration/schedules/upcoming-firings.ts';
import type { Handle } from '../../loopback/loopback-server.ts';

type ConsoleOptions = Pick<Configuration, 'schedules'> & {
  /** The GREEN-API emulator; without one, logouts are real. */
  readonly greenApiUrl: string | undefined;
  readonly startToken: string | undefined;
};

/** Serves the web console in front of the API, with the schedules of the configuration and the emulator's faults. */
export const serveConsole = ({ schedules, greenApiUrl, startToken }: ConsoleOptions, next: Handle): Handle =>
  createConsoleHandler(
    {
      page: readConsolePage(join(distFolder, 'console')),
      startToken,
      service: greenApiUrl === undefined ? 'Local service with real secrets' : 'Local service with emulators',
      real: greenApiUrl === undefined,
      readSchedules: () => upcomingFirings(schedules, new Date()),
      emulatorUrl: greenApiUrl && `${greenApiUrl}/emulator`,
    },
    next,
  );
