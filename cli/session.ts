import type { ReadStream, WriteStream } from 'node:tty';
import { Option } from 'commander';
import { createApi, isLoopback, parseApiAddress, signWithToken } from './api/api.ts';
import type { AwsSettings } from './aws/call-aws.ts';
import type { Profile } from './aws/find-settings.ts';
import { UsageError } from './errors.ts';
import { printableJson, quote } from './output/printable.ts';
import { calledAs } from './program-name.ts';

/** What the process gives a command: nothing else reads `process`. */
export type Terminal = {
  readonly stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>;
  readonly stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>;
  readonly stderr: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY'>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Calls `stop` at the first Ctrl-C, instead of ending the process; dispose to undo. */
  readonly onInterrupt: (stop: () => void) => Disposable;
};

/** Does work until its end or Ctrl-C, which aborts the signal; then the result is `undefined`. */
export const unlessInterrupted = async <Value>(
  { onInterrupt }: Terminal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value | undefined> => {
  const stop = new AbortController();
  const stopped = new Promise<undefined>((resolve) => stop.signal.addEventListener('abort', () => resolve(undefined)));
  using _ = onInterrupt(() => stop.abort());
  return await Promise.race([work(stop.signal), stopped]);
};

/** Whether prompts are possible: both input and error output are a terminal. */
export const isInteractive = ({ stdin, stderr }: Terminal): boolean => stdin.isTTY === true && stderr.isTTY === true;

/** Options of every command; they may stand before or after it. */
export type GlobalOptions = {
  readonly url?: string;
  readonly stack?: string;
  readonly profile?: string;
  readonly region?: string;
  /** Bearer token (JWT) for the API. */
  readonly token?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
};

const variables = {
  url: 'GREEN_API_LOGOUT_URL',
  stack: 'GREEN_API_LOGOUT_STACK',
  token: 'GREEN_API_LOGOUT_TOKEN',
} as const;

export const globalOptions: readonly Option[] = [
  new Option('--url <url>', `address of the API, or of the local service; also ${variables.url}`),
  new Option(
    '--stack <name>',
    `CloudFormation stack of the deployment, STACK/PREFIX if its outputs have a prefix; also ${variables.stack}`,
  ),
  new Option('--profile <name>', 'AWS profile, as the AWS CLI reads it'),
  new Option('--region <name>', 'AWS region of the deployment'),
  new Option('--token <jwt>', `bearer token for an API with JWT authorization; better in ${variables.token}`),
  new Option('--json', 'print JSON: what the API answered, one document per line'),
  new Option('--yes', 'answer yes to every question'),
];

/** The options that say which deployment is meant; never the token. */
const deploymentOptions = ({ url, stack, profile, region }: GlobalOptions): string =>
  Object.entries({ url, stack, profile, region })
    .flatMap(([name, value]) => (value === undefined ? [] : ` --${name} ${quote(value)}`))
    .join('');

const once = <Value>(create: () => Promise<Value>): (() => Promise<Value>) => {
  let value: Promise<Value> | undefined;
  return () => (value ??= create());
};

/** Region and credentials are found at their first use. A failure says why, as a `CommandFailed`. */
const createAwsSettings = (profile: Profile): AwsSettings => {
  const settings = once(async () => (await import('./aws/find-settings.ts')).findSettings(profile));
  return {
    ...(profile.named !== undefined && { profile: profile.named }),
    region: async () => (await settings()).region(),
    credentials: async () => (await settings()).credentials(),
  };
};

/** Options given on the command line win over variables. */
const withVariables = (options: GlobalOptions, env: Terminal['env']): GlobalOptions => {
  const token = options.token ?? env[variables.token];
  const named = options.url !== undefined || options.stack !== undefined;
  const url = options.url ?? (named ? undefined : env[variables.url]);
  const stack = options.stack ?? env[variables.stack];
  return { ...options, ...(url && { url }), ...(stack && { stack }), ...(token && { token }) };
};

const noDeployment = `Name the deployment: --url http://127.0.0.1:3000 for the local service (npm start), \
--url or --stack for one on AWS; or set ${variables.url} or ${variables.stack}.`;

const noToken = `Callers of this API carry a bearer token: set ${variables.token}, or give --token.`;

const noStack = `This command reads the deployment's stack: name it with --stack or ${variables.stack}.`;

/** One run of one command: its global options, and what it can reach. Large modules are loaded at first use. */
export const createSession = (given: GlobalOptions, terminal: Terminal) => {
  const options = withVariables(given, terminal.env);
  const { profile, region } = options;
  const aws = createAwsSettings({ named: profile, used: profile ?? terminal.env.AWS_PROFILE, region });
  const outputs = once(async () => {
    if (options.stack === undefined) throw new UsageError(noStack);
    const { readStackOutputs } = await import('./aws/stack-outputs.ts');
    return readStackOutputs(options.stack, aws);
  });
  const findAddress = async (): Promise<URL> => {
    if (options.url !== undefined) return parseApiAddress(options.url);
    if (options.stack === undefined) throw new UsageError(noDeployment);
    const stack = await outputs();
    if (stack.find('Authorization') === 'JWT' && options.token === undefined) throw new UsageError(noToken);
    const endpoint = stack.require('Endpoint');
    return parseApiAddress(endpoint, `The output Endpoint of the stack ${options.stack}, ${endpoint},`);
  };
  const api = once(async () => {
    const url = await findAddress();
    // The local service needs no signature, but a stack does that an emulator on this machine has deployed.
    const isSigned = options.token === undefined && (options.url === undefined || !isLoopback(url));
    return createApi(
      url,
      isSigned ? (await import('./api/sigv4.ts')).createSigV4Signer(url, aws) : signWithToken(options.token),
    );
  });
  const print = (text: string) => void terminal.stdout.write(`${text}\n`);
  /** One JSON document on one line, on stdout. */
  const printJson = (value: unknown) => print(printableJson(value));
  return {
    options,
    terminal,
    print,
    printJson,
    /** JSON with `--json`, or else the text. */
    printResult: (json: unknown, text: string) => (options.json ? printJson(json) : print(text)),
    /** Progress, warnings and questions, on stderr. */
    note: (text: string) => void terminal.stderr.write(`${text}\n`),
    /** A command to copy, for the deployment that the options of this one name. */
    commandLine: (command: string) => `${calledAs(terminal.env)} ${command}${deploymentOptions(given)}`,
    api,
    aws,
    /** @throws UsageError without `--stack`, CommandFailed when there is no such stack */
    outputs,
  };
};

export type Session = Readonly<ReturnType<typeof createSession>>;
