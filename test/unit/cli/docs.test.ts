import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../../cli/commands.ts';
import { renderDocs } from '../../../cli/render-docs.ts';

test('docs/cli.md matches the commands; npm run docs:cli writes it', () => {
  const written = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'cli.md'), 'utf8');

  expect(written).toBe(renderDocs());
});

test('every example names a command', () => {
  const names = commands.map(({ usage }) => usage.replace(/ [<[].*/, ''));

  for (const { usage, examples } of commands) {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(names.filter((name) => example === name || example.startsWith(`${name} `))).not.toEqual([]);
      expect(example.startsWith(usage.replace(/ [<[].*/, ''))).toBe(true);
    }
  }
});
