import type { Api } from './api/api.ts';
import { type AwsSettings, createAwsSettings } from './aws/aws-settings.ts';
import type { StackOutputs } from './aws/stack-outputs.ts';
import { UsageError } from './errors.ts';
import { type GlobalOptions, variables } from './global-options.ts';
import { printableJson, quote } from './output/printable.ts';
import { calledAs } from './program-name.ts';
import type { Terminal } from './terminal.ts';

/** One run of one command: its global options, and what it can reach. Large modules are loaded at first use. */
export type Session = {
  readonly options: GlobalOptions;
  readonly terminal: Terminal;
  /** Result, on stdout. */
  readonly print: (text: string) => void;
  /** One JSON document on one line, on stdout. */
  readonly printJson: (value: unknown) => void;
  /** Progress, warnings and questions, on stderr. */
  readonly note: (text: string) => void;
  /** A command to copy, for the deployment that the options of this one name. */
  readonly commandLine: (command: string) => string;
  readonly api: () => Promise<Api>;
  readonly aws: AwsSettings;
  /** @throws UsageError without `--stack`, CommandFailed when there is no such stack */
  readonly outputs: () => Promise<StackOutputs>;
};

/** The options that say which deployment is meant; never the token. */
const deploymentOptions = ({ url, stack, profile, region }: GlobalOptions): string =>
  Object.entries({ url, stack, profile, region })
    .flatMap(([name, value]) => (value === undefined ? [] : ` --${name} ${quote(value)}`))
    .join('');

const once = <Value>(create: () => Promise<Value>): (() => Promise<Value>) => {
  let value: Promise<Value> | undefined;
  return () => {
    value ??= create();
    return value;
  };
};

/** Options given on the command line win over variables. */
const withVariables = (options: GlobalOptions, env: Terminal['env']): GlobalOptions => {
  const token = options.token ?? env[variables.token];
  const named = options.url !== undefined || options.stack !== undefined;
  const url = options.url ?? (named ? undefined : env[variables.url]);
  const stack = options.stack ?? env[variables.stack];
  return {
    ...options,
    ...(url && { url }),
    ...(stack && { stack }),
    ...(token && { token }),
  };
};

const noDeployment = `Name the deployment: --url http://127.0.0.1:3000 for the local service (npm start), \
--url or --stack for one on AWS; or set ${variables.url} or ${variables.stack}.`;

const noToken = `Callers of this API carry a bearer token: set ${variables.token}, or give --token.`;

const noStack = `This command reads the deployment's stack: name it with --stack or ${variables.stack}.`;

export const createSession = (given: GlobalOptions, terminal: Terminal): Session => {
  const options = withVariables(given, terminal.env);
  const { profile, region } = options;
  const aws = createAwsSettings({ named: profile, used: profile ?? terminal.env.AWS_PROFILE, region });
  const outputs = once(async () => {
    if (options.stack === undefined) throw new UsageError(noStack);
    const { readStackOutputs } = await import('./aws/stack-outputs.ts');
    return readStackOutputs(options.stack, aws);
  });
  const findAddress = async () => {
    if (options.url !== undefined) return { text: options.url, isOfStack: false };
    if (options.stack === undefined) throw new UsageError(noDeployment);
    const stack = await outputs();
    if (stack.find('Authorization') === 'JWT' && options.token === undefined) throw new UsageError(noToken);
    return { text: stack.require('Endpoint'), isOfStack: true };
  };
  const api = once(async () => {
    const { createApi, parseApiAddress } = await import('./api/api.ts');
    const { chooseSigner } = await import('./api/choose-signer.ts');
    const { text, isOfStack } = await findAddress();
    const url = parseApiAddress(
      text,
      isOfStack ? `The output Endpoint of the stack ${options.stack}, ${text},` : '--url',
    );
    return createApi(url, await chooseSigner(url, { token: options.token, aws, isOfStack }));
  });
  return {
    options,
    terminal,
    print: (text) => void terminal.stdout.write(`${text}\n`),
    printJson: (value) => void terminal.stdout.write(`${printableJson(value)}\n`),
    note: (text) => void terminal.stderr.write(`${text}\n`),
    commandLine: (command) => `${calledAs(terminal.env)} ${command}${deploymentOptions(given)}`,
    api,
    aws,
    outputs,
  };
};
