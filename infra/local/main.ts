import { CannotStart, parseOptions, usage } from './options.ts';
import { startService } from './service.ts';
import { welcome } from './welcome.ts';

const print = (text: string) => void process.stdout.write(text);

const main = async () => {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options === 'help') return print(`${usage}\n`);

  const service = await startService(options);
  const end = () => service[Symbol.asyncDispose]().then(() => process.exit(0));
  process.once('SIGINT', end).once('SIGTERM', end);
  await welcome(service, print);
};

try {
  await main();
} catch (error) {
  // A wrong configuration names itself as well; what nobody foresaw keeps its stack.
  const isForeseen = error instanceof CannotStart || (error instanceof Error && error.name === 'ConfigurationError');
  console.error(isForeseen ? error.message : error);
  process.exitCode = 1;
}
