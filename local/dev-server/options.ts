import { parseArgs } from 'node:util';

/** How the local service is started. */
export type Options = {
  /** @default 3000 */
  readonly port: number;
  /** Where the secrets are: in the emulator of this service, or wherever the AWS SDK finds them. */
  readonly secrets: 'emulator' | 'aws';
  /** Folder that runs are journalled in, so that they outlive this service. @default .local/runs-PORT */
  readonly journal: string;
  /** File that evidence is appended to. @default the journal's name and `.evidence.jsonl` */
  readonly evidence: string;
  /** Port of the GREEN-API emulator. @default 0, any free one */
  readonly greenApiPort: number;
  /** How many times faster than real time passes for watches. @default 1 */
  readonly timeScale: number;
  /** The file whose context holds the configuration. @default the project's cdk.json */
  readonly configuration: string | undefined;
  /** Whether the page of the desk is served too, with a demo provider to sign in at. @default false */
  readonly desk: boolean;
  /** Whether the bundles are built first, or taken as they are in `dist/`. @default true */
  readonly build: boolean;
};

/** The service cannot start. The message is one line: what is wrong, and what to do. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

export const usage = `usage: [PORT=3000] npm start [-- OPTIONS]

  PORT                  port of the HTTP API on 127.0.0.1 (default 3000; 0 takes any free one)
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
  const number = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
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
    const [problem] = String(error instanceof Error ? error.message : error).split('. ');
    throw new CannotStart(`${problem}; npm start -- --help shows what there is`);
  }
};

/** @returns `'help'` for `--help`. @throws {@link CannotStart} naming the option that is wrong */
export const parseOptions = (
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Options | 'help' => {
  const values = parseValues(args);
  if (values.help) return 'help';
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
  return {
    port,
    journal,
    evidence,
    configuration,
    greenApiPort,
    timeScale,
    secrets: elsewhere ? 'aws' : 'emulator',
    desk: values.desk,
    build: !values['no-build'],
  };
};
