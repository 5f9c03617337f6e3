import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compileCache, keepsCompiled } from './compile-cache.ts';

const root = join(__dirname, '..', '..');

type LocalServiceOptions = {
  readonly args?: readonly string[];
  /** Where runs are journalled. Evidence goes to a file of that name and `.evidence.jsonl`. @default a folder of its own, gone at its end */
  readonly journal?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Whether it builds its bundles, as `npm start` does. @default false, they have been built */
  readonly build?: boolean;
};

const parseRecord = (line: string) => JSON.parse(line) as Readonly<Record<string, unknown>>;

/** Runs `local/main.ts` as `npm start` does, and keeps all it prints, as soon as a line is whole. */
const run = ({ args = [], variables = {}, journal, build = false }: LocalServiceOptions) => {
  const { PATH = '', HOME = '' } = process.env;
  const folder = journal ?? mkdtempSync(join(tmpdir(), 'green-api-logout-'));
  const options = [...(build ? [] : ['--no-build']), '--journal', folder, ...args];
  const child = spawn(process.execPath, [...keepsCompiled, 'local/main.ts', ...options], {
    cwd: root,
    env: { PATH, HOME, ...compileCache, PORT: '0', ...variables },
  });
  let output = '';
  let errors = '';
  const waiting = new Set<() => void>();
  const keep = (line: string) => {
    output += `${line}\n`;
    for (const look of waiting) look();
  };
  createInterface(child.stdout).on('line', keep);
  createInterface(child.stderr).on('line', (line) => {
    errors += `${line}\n`;
    keep(line);
  });
  const exited = once(child, 'close').then(([code]) => {
    if (journal === undefined)
      for (const path of [folder, `${folder}.evidence.jsonl`]) rmSync(path, { recursive: true, force: true });
    return Number(code);
  });

  /** Resolves as soon as the output has it. */
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output);
        if (found) resolve(found);
      };
      waiting.add(look);
      look();
      void exited.then((code) => reject(new Error(`the service ended with ${code}: ${output}`)));
    });
  /** What is in the evidence file. */
  const evidence = () => readFileSync(`${folder}.evidence.jsonl`, 'utf8').split('\n').filter(Boolean).map(parseRecord);
  return { child, exited, printed, evidence, output: () => output, errors: () => errors };
};

/** Runs it to its end. */
export const runToItsEnd = async (options: LocalServiceOptions) => {
  const { exited, output, errors } = run(options);
  return { code: await exited, output: output(), errors: errors() };
};

/** Starts the local service on a free port and waits until it has printed what to try. */
export const startLocalService = async (options: LocalServiceOptions = {}) => {
  const service = run(options);
  await service.printed(/Ctrl-C ends it/);
  const [, url = ''] = await service.printed(/on (http:\/\/127\.0\.0\.1:\d+)/);
  const [, greenApiUrl = ''] = /emulator on (http:\S+)/.exec(service.output()) ?? [];
  return {
    ...service,
    url,
    greenApiUrl,
    [Symbol.asyncDispose]: async () => {
      service.child.kill('SIGKILL');
      await service.exited;
    },
  };
};
