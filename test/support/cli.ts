import { execFile } from 'node:child_process';
import { cliFile } from '../../infra/bundling/cli-bundle.ts';

export type CliResult = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type CliOptions = {
  /** What the command reads; it is no terminal. @default nothing */
  readonly input?: string;
  /** Variables besides PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
};

/** Where AWS clients find a region and credentials that nobody checks. */
export const localAws = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** Runs the built command line in a process of its own, without a terminal. */
export const runCli = (args: readonly string[], { input = '', env = {} }: CliOptions = {}): Promise<CliResult> =>
  new Promise((resolve) => {
    const { PATH = '', HOME = '' } = process.env;
    const child = execFile(
      process.execPath,
      [cliFile, ...args],
      { env: { PATH, HOME, ...env }, timeout: 100_000 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
