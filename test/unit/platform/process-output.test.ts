import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const logModule = join(import.meta.dirname, '../../../functions/platform/log.ts');

/** Far more than a pipe holds: once at the start, and repeatedly while it is read. */
const writeMany = `
  const { writeLine } = await import(${JSON.stringify(logModule)});
  await (await import('node:events')).once(process.stdin, 'data');
  for (let line = 0; line < 100; line += 1) {
    writeLine(line + '☎'.repeat(99_999) + '\\n');
    if (line > 20) await new Promise(setImmediate);
  }
`;

/** Shares its stdout with a process that writes much, and makes this descriptor non-blocking. */
const makeUnwaiting = `
  const { spawn } = await import('node:child_process');
  const { Socket } = await import('node:net');
  const writer = spawn(process.execPath, ['--input-type=module', '-e', process.argv[1]], { stdio: ['pipe', 1, 'inherit'] });
  new Socket({ fd: 1 });
  writer.stdin.end('go');
  writer.on('exit', () => process.exit());
`;

test('no line is lost or cut when the reader is slow and the descriptor is non-blocking', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', makeUnwaiting, writeMany], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await sleep(500);

  const lines = (await text(child.stdout)).split('\n');
  await exited;

  expect(lines.map((line) => [Number.parseInt(line, 10), line.length])).toEqual([
    ...Array.from({ length: 100 }, (_, line) => [line, `${line}`.length + 99_999]),
    [Number.NaN, 0],
  ]);
});
