/** `npm test`, after the build: checks types and lint beside the tests, which get the arguments. The first failure ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import manifest from '../package.json' with { type: 'json' };

const children: ChildProcess[] = [];

const fail = (): void => {
  process.exitCode = 1;
  for (const child of children) child.kill();
};

/** Prints what a check says only if it fails. */
const check = async (script: 'types' | 'lint'): Promise<void> => {
  // `npm run` itself would take 0.3 s. The commands are found, because `npm test` runs this.
  const child = spawn(manifest.scripts[script], {
    shell: true,
    // The compiler of types ends before it needs to collect garbage.
    env: { ...process.env, GOGC: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await once(child, 'close');
  if (code === 0 || process.exitCode === 1) return;
  process.stderr.write(`\nnpm run ${script} failed:\n${(await output).join('')}`);
  fail();
};

const test = async (): Promise<void> => {
  const child = spawn('jest', process.argv.slice(2), { stdio: 'inherit' });
  children.push(child);
  const [code] = await once(child, 'close');
  if (code !== 0) fail();
};

await Promise.all([test(), check('types'), check('lint')]);
