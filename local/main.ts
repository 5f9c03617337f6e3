import { parseOptions, usage } from './dev-server/options.ts';
import type { Service } from './dev-server/service.ts';
import { welcome } from './dev-server/welcome.ts';

const print = (text: string) => void process.stdout.write(text);

/** API Gateway's time limit of a call. */
const longestDrainMs = 30_000;

/** Calls in progress may finish, and write their evidence. A second signal does not wait. */
const createEnd = (service: Service) => {
  let isEnding = false;
  return async (): Promise<void> => {
    if (isEnding) process.exit(1);
    isEnding = true;
    const calls = service.inProgress();
    if (calls > 0)
      print(`Ending when ${calls} calls in progress are answered, at most 30 s. Ctrl-C ends it at once.\n`);
    await service.drain(longestDrainMs);
    await service[Symbol.asyncDispose]();
    // Not before what was written has been read.
    process.stdout.write('', () => process.exit(0));
  };
};

const main = async () => {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options === 'help') return print(`${usage}\n`);

  let end = async (): Promise<void> => process.exit(1);
  // A reader that is gone ends the service as Ctrl-C does; a full disk behind stdout does not.
  let hasReader = true;
  process.stdout.on('error', (error) => {
    if (!hasReader || Object(error).code !== 'EPIPE') return;
    hasReader = false;
    void end();
  });
  process.stderr.on('error', () => {});
  print('Starting the local service\n');
  // Imported after the first line is printed: it takes a second.
  const { startService } = await import('./dev-server/service.ts');
  const service = await startService(options, print);
  end = createEnd(service);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
  await welcome(service, print);
};

try {
  await main();
} catch (error) {
  // These have a message for the user. Any other error is printed with its stack.
  const isExpected =
    error instanceof Error && ['CannotStart', 'ConfigurationError', 'EnvironmentError'].includes(error.name);
  console.error(isExpected ? error.message : error);
  process.exitCode = 1;
}
