import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import { errorNameOf } from '../../functions/platform/unknown-values.ts';
import { howToBuild } from '../../infra/bundling/how-to-build.ts';
import { defineCommand } from '../command.ts';
import { CommandFailed } from '../errors.ts';
import { loadConfiguration } from '../input/files.ts';
import { wholeNumber } from '../input/options.ts';
import { unlessInterrupted } from '../session.ts';

/** Where the built page is, seen from the source of this file and from a chunk of the built command line. */
const pageFolders = ['../../dist/console', '../../console', '../console'];

/** @throws CommandFailed when the page was not built, or was removed from the package */
const findPage = (): string => {
  const folders = pageFolders.map((folder) => join(import.meta.dirname, folder));
  const found = folders.find((folder) => existsSync(join(folder, 'headers.json')));
  if (found === undefined)
    throw new CommandFailed(`The page of the console is missing. ${howToBuild(import.meta.dirname)}`);
  return found;
};

/** The next firings of a configuration, computed each time the page shows them. */
const loadFirings = async (file: string) => {
  const [{ schedules }, { upcomingFirings }] = await Promise.all([
    loadConfiguration(file),
    import('../../infra/configuration/schedules/upcoming-firings.ts'),
  ]);
  return () => upcomingFirings(schedules, new Date());
};

export const consoleCommand = defineCommand<{ readonly port: number; readonly configuration?: string }>({
  usage: 'console',
  summary: 'Serve the web console for a deployment, on this machine only.',
  details:
    'Its calls are signed with your own AWS credentials, so IAM decides what you may do. Open the printed address, which contains the token that each call needs. Ctrl-C ends it.',
  options: [
    new Option('--port <n>', 'port on 127.0.0.1; 0 takes any free one')
      .argParser(wholeNumber('from 0 to 65535', 0, 65_535))
      .default(0),
    new Option('--configuration <file>', 'shows the schedules of this configuration, and when each fires next'),
  ],
  examples: [
    'console --stack green-api-logout',
    'console --stack green-api-logout --port 8080 --configuration cdk.json',
  ],
  run: async (session, { port, configuration }) => {
    const { url, sign } = await session.api();
    const [{ readConsolePage }, { startConsole }, readSchedules] = await Promise.all([
      import('../../console/server/console-page.ts'),
      import('../../console/server/start-console.ts'),
      configuration === undefined ? undefined : loadFirings(configuration),
    ]);
    const options = { url, sign, port, readSchedules, page: readConsolePage(findPage()) };
    await using server = await startConsole(options).catch((error: unknown) => {
      throw new CommandFailed(
        `Port ${port} of 127.0.0.1 cannot be used (${errorNameOf(error)}). Choose another with --port.`,
      );
    });
    session.printResult(
      { address: server.address },
      `Open ${server.address} in a browser.\nIts calls go to ${url.origin}. Ctrl-C ends it.`,
    );
    await unlessInterrupted(session.terminal, () => new Promise<never>(() => {}));
    return true;
  },
});
