import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileCache } from './compile-cache.ts';
import type { Answer } from './http-event.ts';
import { madeOnce } from './made-once.ts';

export type Schema = Readonly<Record<string, unknown>>;

type MediaType = {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
};

export type Response = {
  readonly headers?: Readonly<Record<string, { readonly schema: Schema }>>;
  /** Missing: there is no body. */
  readonly content?: Readonly<Record<string, MediaType>>;
};

export type Operation = {
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<'application/json', MediaType>> };
  readonly responses: Readonly<Record<string, Response>>;
};

export type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

type Linted = { readonly problems: readonly unknown[]; readonly document: OpenApi };

const lintInto = (folder: string): void => {
  const env = { ...process.env, ...compileCache };
  const linted = execFileSync(process.execPath, [join(__dirname, 'openapi-lint.ts')], { env });
  writeFileSync(join(folder, 'linted.json'), linted);
};

/** What the linter says of `openapi.yaml`, and the document with every reference resolved. It is linted once for all test files. */
export const lintOpenApi = (): Linted =>
  JSON.parse(readFileSync(join(madeOnce('openapi', {}, lintInto), 'linted.json'), 'utf8'));

/** @param routeKey as API Gateway writes it: `GET /instances` */
export const operationOf = ({ paths }: OpenApi, routeKey: string): Operation => {
  const [method = '', path = ''] = routeKey.split(' ');
  const operation = paths[path]?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`${routeKey} is not in the document`);
  return operation;
};

const codesIn = (schema: unknown): readonly string[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  const { code, ...others } = schema as Record<string, { readonly const?: string; readonly enum?: string[] }>;
  const own = code?.const === undefined ? (code?.enum ?? []) : [code.const];
  return [...own, ...Object.values(others).flatMap(codesIn)];
};

/** Each `code` an operation may answer, as `<status> <code>`. */
export const codesOf = ({ responses }: Operation): readonly string[] =>
  Object.entries(responses).flatMap(([status, { content }]) =>
    codesIn(content?.['application/problem+json']?.schema).map((code) => `${status} ${code}`),
  );

const answersIn = ({ responses }: Operation) =>
  Object.entries(responses).flatMap(([status, { content }]) =>
    Object.values(content ?? {})
      .flatMap(({ examples = {} }) => Object.entries(examples))
      .map(([name, { value }]) => [name, { status: Number(status), body: value }] as const),
  );

/** The example that every route shares, of the answer to a caller without the role: `openapi.test.ts` holds it. */
export const sharedExample = 'role-missing';

/** The examples of what the service itself answers, by their names, without {@link sharedExample}. */
export const examplesOf = (operation: Operation) =>
  Object.fromEntries(answersIn(operation).filter(([name]) => name !== sharedExample));

/** The bodies of the examples of requests, by their names. */
export const requestExamplesOf = ({ requestBody }: Operation): readonly (readonly [name: string, body: unknown])[] =>
  Object.values(requestBody?.content ?? {}).flatMap(({ examples = {} }) =>
    Object.entries(examples).map(([name, { value }]) => [name, value] as const),
  );

/** An example of a value, with the schema of what it is an example of. */
type ValueExample = { readonly at: string; readonly schema: Schema; readonly value: unknown };

const isNode = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Every example in a part of the document: of a schema, a parameter, a header, a request or an answer. */
export const valueExamplesIn = (node: unknown, at = ''): readonly ValueExample[] => {
  if (!isNode(node)) return [];
  const { example, examples, ...parts } = node;
  const schema = isNode(node.schema) ? node.schema : node;
  const listed = Array.isArray(examples)
    ? examples
    : Object.values(isNode(examples) ? examples : {}).map((each) => (isNode(each) ? each.value : each));
  const own = [...(example === undefined ? [] : [example]), ...listed].map((value) => ({ at, schema, value }));
  return [...own, ...Object.entries(parts).flatMap(([key, part]) => valueExamplesIn(part, `${at}/${key}`))];
};

type Examples = Readonly<Record<string, Pick<Answer, 'status' | 'body'>>>;

/** Compares answers with their examples in the document. For `npm run docs:openapi` it keeps them in `EXAMPLES_FILE` instead. */
export const expectExamples = (document: OpenApi, routeKey: string, answers: Examples): void => {
  const file = process.env.EXAMPLES_FILE;
  for (const [name, { status, body }] of Object.entries(answers))
    if (file === undefined)
      expect(Object.fromEntries(answersIn(operationOf(document, routeKey)))[name]).toEqual({ status, body });
    else appendFileSync(file, `${JSON.stringify({ routeKey, status, name, body })}\n`);
};
