import { parseOptions, usage } from './dev-server/options.ts';
import { startService } from './dev-server/service.ts';
import { welcome } from './dev-server/welcome.ts';

const print = (text: string) => void process.stdout.write(text);

const main = async () => {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options === 'help') return print(`${usage}\n`);

  const service = await startService(options, print);
  // Not before what was written has been read: it may be evidence. A second signal does not wait.
  const end = () => service[Symbol.asyncDispose]().then(() => process.stdout.write('', () => process.exit(0)));
  process.once('SIGINT', end).once('SIGTERM', end);
  await welcome(service, print);
};

try {
  await main();
} catch (error) {
  // These say in their message what to do; what nobody foresaw keeps its stack.
  const isForeseen =
    error instanceof Error && ['CannotStart', 'ConfigurationError', 'EnvironmentError'].includes(error.name);
  console.error(isForeseen ? error.message : error);
  process.exitCode = 1;
}
