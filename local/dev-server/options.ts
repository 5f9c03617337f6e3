import { parseArgs } from 'node:util';

/** How the local service is started; the README shows each. */
export type Options = {
  /** @default 3000 */
  readonly port: number;
  /** Where the secrets are: in the emulator of this service, or wherever the AWS SDK finds them. */
  readonly secrets: 'emulator' | 'aws';
  /** Folder that runs are journalled in, so that they outlive this service. @default .local/runs-PORT */
  readonly journal: string;
  /** The file whose context holds the configuration. @default the project's cdk.json */
  readonly configuration: string | undefined;
};

/** The service cannot start, and the message is one line that says what to do. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

export const usage = `usage: [PORT=3000] npm start [-- [--secrets aws] [--journal DIR] [--configuration FILE]]

  PORT            port of the HTTP API on 127.0.0.1 (default 3000; 0 takes any free one)
  --secrets aws   real secrets with your AWS credentials, and so the real GREEN-API;
                  the same as setting AWS_ENDPOINT_URL_SECRETS_MANAGER to where they are
  --journal DIR   where runs are kept while they go on (default .local/runs-PORT)
  --configuration FILE
                  another file than cdk.json, for example with other schedules`;

const parsePort = (text: string): number => {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new CannotStart(`PORT is ${JSON.stringify(text)}: it must be a number from 0 to 65535`);
  return port;
};

/** @returns `'help'` when that is asked for. @throws {@link CannotStart} naming the option that is wrong */
export const parseOptions = (
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Options | 'help' => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        secrets: { type: 'string' },
        journal: { type: 'string' },
        configuration: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return 'help';
    if (values.secrets !== undefined && values.secrets !== 'aws')
      throw new CannotStart(`--secrets is ${JSON.stringify(values.secrets)}: the only choice is aws`);
    const elsewhere = values.secrets === 'aws' || Boolean(variables.AWS_ENDPOINT_URL_SECRETS_MANAGER);
    const port = parsePort(variables.PORT || '3000');
    const { journal = `.local/runs-${port}`, configuration } = values;
    return { port, journal, configuration, secrets: elsewhere ? 'aws' : 'emulator' };
  } catch (error) {
    if (error instanceof CannotStart) throw error;
    const [problem] = String(error instanceof Error ? error.message : error).split('. ');
    throw new CannotStart(`${problem}; npm start -- --help shows what there is`);
  }
};
