import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { getLineColLocation, parseYaml, Source, stringifyYaml } from '@redocly/openapi-core';

/** A node of the document, such as an operation, a response or an example. */
type Node = { readonly [key: string]: Node };

const root = join(import.meta.dirname, '..', '..');
const path = join(root, 'openapi.yaml');

/** Follows keys, and the references that it meets. */
const find = (document: Node, keys: readonly string[]) =>
  keys.reduce(
    ({ node, pointer }, key) => {
      const next = node[key];
      if (next === undefined) throw new Error(`openapi.yaml has no ${keys.join(' ')}`);
      const target = next.$ref as string | undefined;
      if (target === undefined) return { node: next, pointer: `${pointer}/${key.replaceAll('/', '~1')}` };
      return {
        node: target
          .slice(2)
          .split('/')
          .reduce((at, part) => at[part] as Node, document),
        pointer: target,
      };
    },
    { node: document, pointer: '#' },
  );

/** The text of the document with another value of an example. One that is the same stays as it is written. */
const withExample = (text: string, line: string): string => {
  const { routeKey, status, name, body } = JSON.parse(line);
  const [method, route] = routeKey.split(' ');
  const document = parseYaml(text) as Node;
  const responseOf = ['paths', route, method.toLowerCase(), 'responses', String(status), 'content'];
  const { node: content } = find(document, responseOf);
  const type = Object.keys(content).find((key) => name in (content[key]?.examples ?? {})) ?? 'any content type';
  const { node, pointer } = find(document, [...responseOf, type, 'examples', name]);
  if (isDeepStrictEqual(node.value, body)) return text;

  const source = new Source(path, text);
  const { start } = getLineColLocation({ source, pointer, reportOnKey: true });
  const { end = start } = getLineColLocation({ source, pointer, reportOnKey: false });
  const key = pointer.slice(pointer.lastIndexOf('/') + 1);
  const example = stringifyYaml({ [key]: { ...node, value: body } }, { flowLevel: 4, lineWidth: -1 }).trimEnd();
  const lines = text.split('\n');
  lines.splice(start.line - 1, end.line - start.line + 1, example.replace(/^/gm, ' '.repeat(start.col - 1)));
  return lines.join('\n');
};

/** `npm run docs:openapi`: the contract tests keep what the functions answer, and the examples become that. */
const folder = mkdtempSync(join(tmpdir(), 'examples-'));
const file = join(folder, 'answers.jsonl');
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const { status } = spawnSync(process.execPath, [jest, 'test/contract/openapi', '-t', 'example'], {
  cwd: root,
  env: { ...process.env, EXAMPLES_FILE: file },
  stdio: 'inherit',
});
const answers = readFileSync(file, 'utf8').trimEnd().split('\n');
writeFileSync(path, answers.reduce(withExample, readFileSync(path, 'utf8')));
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
