import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cliFile } from '../../infra/bundling/bundling.ts';
import { compileCache } from './compile-cache.ts';

export type CliResult = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type CliOptions = {
  /** What the command reads; it is no terminal. @default nothing */
  readonly input?: string;
  /** Variables besides PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Takes its streams for a terminal, and answers each question as soon as it is asked; `undefined` ends the input. What is
   * typed before a question is discarded, so text above it is no question.
   */
  readonly answers?: readonly { readonly question: string | RegExp; readonly answer: string | undefined }[];
  /** Gives it a process of its own, which costs ten times as much. @default only a terminal and Ctrl-C have one */
  readonly ownProcess?: boolean;
  /** Presses Ctrl-C as soon as it has printed this. */
  readonly interruptAt?: string;
};

const fakeTerminal = ['--import', pathToFileURL(join(__dirname, 'fake-terminal.mjs')).href];

const isAsked = (question: string | RegExp, output: string): boolean =>
  typeof question === 'string' ? output.includes(question) : question.test(output);

const answerQuestions = (child: ChildProcess, answers: NonNullable<CliOptions['answers']>): void => {
  const open = [...answers];
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk;
    const [next] = open;
    if (next === undefined || !isAsked(next.question, output)) return;
    open.shift();
    output = '';
    if (next.answer === undefined) child.stdin?.end();
    else child.stdin?.write(next.answer);
  });
};

const interrupt = (child: ChildProcess, text: string): void => {
  let output = '';
  const listen = (chunk: Buffer): void => {
    if (output.includes(text)) return;
    output += chunk;
    if (output.includes(text)) child.kill('SIGINT');
  };
  child.stderr?.on('data', listen);
  child.stdout?.on('data', listen);
};

const variablesOf = (env: CliOptions['env']) => {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, ...compileCache, ...env };
};

const runInOwnProcess = (
  args: readonly string[],
  { input, env, answers, interruptAt }: CliOptions,
): Promise<CliResult> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...(answers ? fakeTerminal : []), cliFile, ...args],
      { env: variablesOf(env), timeout: 600_000 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
    if (interruptAt !== undefined) interrupt(child, interruptAt);
    if (answers) answerQuestions(child, answers);
    else child.stdin?.end(input);
  });

/** Processes that run one command after the other: all of this test file, and those that have none to run now. */
const hosts: ChildProcess[] = [];
const idleHosts: ChildProcess[] = [];
afterAll(() => {
  for (const host of hosts) host.kill();
});

const startHost = (): ChildProcess => {
  const host = fork(join(__dirname, 'cli-host.mjs'), [cliFile], { env: variablesOf({}), execArgv: [] });
  hosts.push(host);
  return host;
};

const runInHost = async (args: readonly string[], { input, env }: CliOptions): Promise<CliResult> => {
  const host = idleHosts.pop() ?? startHost();
  host.send({ args, input, env: variablesOf(env) });
  const [result] = await once(host, 'message');
  idleHosts.push(host);
  return result;
};

/** Runs the built command line, without a terminal unless there are questions to answer. */
export const runCli = (args: readonly string[], options: CliOptions = {}): Promise<CliResult> => {
  const { ownProcess = options.answers !== undefined || options.interruptAt !== undefined } = options;
  return (ownProcess ? runInOwnProcess : runInHost)(args, { input: '', ...options });
};
