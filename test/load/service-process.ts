import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(__dirname, '..', '..');

/** The local service as `npm start` runs it after its build, with a Secrets Manager outside it. */
export const startServiceProcess = async (
  variables: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
  args: readonly string[] = [],
) => {
  const { PATH = '', HOME = '' } = process.env;
  const journal = await mkdtemp(join(tmpdir(), 'load-'));
  const child = spawn(process.execPath, ['local/main.ts', '--no-build', '--journal', journal, ...args], {
    cwd: root,
    env: { PATH, HOME, PORT: '0', ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = Promise.withResolvers<{ readonly url: string; readonly startToken: string }>();
  createInterface(child.stdout).on('line', (line) => {
    const [, url, startToken] = /(http:\/\/127\.0\.0\.1:\d+)\/#token=(\S+)/.exec(line) ?? [];
    if (url !== undefined && startToken !== undefined) address.resolve({ url, startToken });
    onLine(line);
  });
  const exited = once(child, 'exit');
  const drained = once(child, 'close');
  void exited.then(([code]) => address.reject(new Error(`the service ended with ${code}`)));
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await drained;
  };
  return {
    ...(await address.promise),
    pid: child.pid ?? 0,
    /** Ends the service as Ctrl-C does, and waits for its last line. */
    stop: () => end('SIGINT'),
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
      for (const path of [journal, `${journal}.evidence.jsonl`]) await rm(path, { recursive: true, force: true });
    },
  };
};
