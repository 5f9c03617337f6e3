import { parseArgs } from 'node:util';
import { errorCodeOf } from '../../emulators/error-code.ts';
import { parseWholeNumber } from '../../functions/platform/whole-number.ts';

/** The service cannot start. The message is one line: what is wrong, and what to do. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken',
  EACCES: 'may not be used by this user',
};

/**
 * Says in one line why a port cannot be listened on.
 *
 * @param advice how to choose another
 * @throws CannotStart, or the error itself if it is not about the port
 */
export const refusePort =
  (port: number, advice: string) =>
  (error: unknown): never => {
    const reason = reasons[errorCodeOf(error)];
    throw reason === undefined ? error : new CannotStart(`port ${port} ${reason}: choose another${advice}`);
  };

export const usage = `usage: [PORT=3000] npm start [-- OPTIONS]

  PORT                  port of the HTTP API on 127.0.0.1 (default 3000; 0 takes any free one)
  TOKEN_ROTATION        enabled: allows token rotation, as tokenRotation does for a deployment
  --secrets aws         real secrets with your AWS credentials, and so the real GREEN-API;
                        the same as setting AWS_ENDPOINT_URL_SECRETS_MANAGER to where they are
  --journal DIR         where runs are kept while they go on (default .local/runs-PORT)
  --evidence FILE       where evidence is appended besides being printed (default DIR.evidence.jsonl)
  --configuration FILE  another file than cdk.json, for example with other schedules
  --green-api-port N    port of the GREEN-API emulator (default any free one)
  --time-scale N        time passes N times faster for watches and second looks, from 1 to 500 (default 1)
  --desk                also the page for people who sign in, with a demo provider and two people
  --no-build            run what is in dist/, without building it first

docs/local-development.md describes the service, its faults and its emulators.`;

const wholeNumber = (name: string, text: string, least: number, most: number): number => {
  const number = parseWholeNumber(text, least, most);
  if (number !== undefined) return number;
  throw new CannotStart(`${name} is ${JSON.stringify(text)}: it must be a number from ${least} to ${most}`);
};

const argumentsSchema = {
  secrets: { type: 'string' },
  journal: { type: 'string' },
  evidence: { type: 'string' },
  configuration: { type: 'string' },
  'green-api-port': { type: 'string', default: '0' },
  'time-scale': { type: 'string', default: '1' },
  desk: { type: 'boolean', default: false },
  'no-build': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

const parseValues = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: argumentsSchema }).values;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new CannotStart(`${problem}; npm start -- --help lists the options`);
  }
};

/** How the local service is started: {@link usage} says what each is. */
export type Options = Exclude<ReturnType<typeof parseOptions>, 'help'>;

/** @returns `'help'` for `--help`. @throws {@link CannotStart} naming the option that is wrong */
export const parseOptions = (args: readonly string[], variables: Readonly<Record<string, string | undefined>>) => {
  const values = parseValues(args);
  if (values.help) return 'help' as const;
  if (values.secrets !== undefined && values.secrets !== 'aws')
    throw new CannotStart(`--secrets is ${JSON.stringify(values.secrets)}: the only choice is aws`);
  const elsewhere = values.secrets === 'aws' || Boolean(variables.AWS_ENDPOINT_URL_SECRETS_MANAGER);
  const timeScale = wholeNumber('--time-scale', values['time-scale'], 1, 500);
  // AWS refuses signatures of a clock that runs fast.
  if (elsewhere && timeScale > 1) throw new CannotStart('--time-scale works with the emulators only: leave it out');
  if (elsewhere && values.desk) throw new CannotStart('--desk works with the emulators only: leave it out');
  const port = wholeNumber('PORT', variables.PORT || '3000', 0, 65_535);
  const { journal = `.local/runs-${port}`, evidence = `${journal}.evidence.jsonl`, configuration } = values;
  const greenApiPort = wholeNumber('--green-api-port', values['green-api-port'], 0, 65_535);
  const secrets: 'aws' | 'emulator' = elsewhere ? 'aws' : 'emulator';
  const { desk, 'no-build': noBuild } = values;
  return { port, journal, evidence, configuration, greenApiPort, timeScale, secrets, desk, build: !noBuild };
};
