import { configurationSchema } from '../configuration/configuration-schema.ts';
import { propNames } from '../constructs/prop-names.ts';

/** What this file reads of a valibot schema. */
type Schema = {
  readonly kind: string;
  readonly default?: unknown;
  readonly wrapped?: Schema;
  readonly pipe?: readonly Schema[];
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly key?: Schema;
  readonly value?: Schema;
};

type SettingInSchema = {
  /** As errors name it, such as `runs.memoryMb`; `identityProviders.<name>.kind` for what each entry of a record has. */
  readonly path: string;
  /** `undefined` if it has none. */
  readonly default: unknown;
};

/** Every setting of a schema that is no object of settings itself. */
export const settingsIn = (schema: Schema, path = '', fallback?: unknown): readonly SettingInSchema[] => {
  const inner = schema.pipe?.filter(({ kind }) => kind === 'schema').at(-1);
  const of = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (schema.wrapped !== undefined) return settingsIn(schema.wrapped, path, schema.default);
  if (inner !== undefined && inner !== schema && (inner.entries ?? inner.pipe ?? inner.key) !== undefined)
    return settingsIn(inner, path, fallback);
  if (schema.entries !== undefined)
    return Object.entries(schema.entries).flatMap(([key, entry]) => settingsIn(entry, of(key)));
  const ofEach = schema.key && schema.value ? settingsIn(schema.value, of('<name>')) : [];
  return [{ path, default: fallback }, ...ofEach];
};

/** What a file says about a setting, or about an object of settings. */
type Statement = {
  readonly path: string;
  /** The default as the file has it; empty if it has none. */
  readonly text: string;
  /** Where that text begins in the file. */
  readonly at: number;
  /** Whether the file has statements about each part of an object too. */
  readonly hasParts?: boolean;
};

const settings = settingsIn(configurationSchema);

type Document = {
  /** From the project's folder. */
  readonly file: string;
  readonly read: (content: string) => readonly Statement[];
  /** How the file writes a default; `undefined` if it may use words of its own. */
  readonly write: (value: unknown, path: string) => string | undefined;
};

/** The rows of the table under "Settings". */
const readTable = (page: string): readonly Statement[] => {
  const start = page.indexOf('\n## Settings\n');
  const section = page.slice(start, page.indexOf('\n## ', start + 1));
  return [...section.matchAll(/^(\| `([^`]+)` \| )([^|]+) \|/gm)].map(
    ({ 1: before = '', 2: path = '', 3: text = '', index }) => ({ path, text, at: start + index + before.length }),
  );
};

const writeCell = (value: unknown): string => {
  if (value === undefined) return 'none';
  return typeof value === 'number' ? String(value) : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
};

/** The props of an interface, and those of the interfaces that they lead to. */
const readProps = (source: string, name = 'GreenApiLogoutProps', path = ''): readonly Statement[] => {
  const start = source.search(new RegExp(`^export interface ${name}\\b`, 'm'));
  const body = source.slice(start, source.indexOf('\n}', start));
  return [...body.matchAll(/(\/\*\*(?:(?!\*\/).)*\*\/\s*)?readonly (\w+)\??: ([^;]+);/gs)].flatMap(
    ({ 1: comment = '', 2: prop = '', 3: type = '', index }) => {
      const [tag = '', text = ''] = /@default (.*?)(?= ?\*\/|\n)/.exec(comment) ?? [];
      const own = { path: `${path}${prop}`, text, at: start + index + comment.indexOf(tag) + '@default '.length };
      const [, each, ofEach = type] = /^Readonly<(Record)<string, (\w+)>>$/.exec(type) ?? [];
      if (!source.includes(`export interface ${ofEach} `)) return [own];
      const inner = readProps(source, ofEach, `${own.path}.${each ? '<name>.' : ''}`);
      return each ? [{ ...own, hasParts: true }, ...inner] : inner;
    },
  );
};

const settingByProp = new Map(Object.entries(propNames).map(([path, { name }]) => [name, path]));

const units = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1_000, millisecond: 1 };

const writeDuration = (milliseconds: number): string => {
  const [unit, size] = Object.entries(units).find(([, size]) => milliseconds % size === 0) ?? ['', 1];
  const count = milliseconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Empty lists and objects are described in words, and so is the name, because a construct makes one of its own. */
const writeTag = (value: unknown, path: string): string | undefined => {
  if (value === undefined || path === 'stackName' || isEmpty(value)) return undefined;
  if (typeof value === 'number' && path.endsWith('Ms')) return writeDuration(value);
  if (typeof value === 'number' && path.endsWith('Days')) return writeDuration(value * units.day);
  if (typeof value === 'string') return `'${value}'`;
  return JSON.stringify(value);
};

export const documents: readonly Document[] = [
  {
    file: 'docs/configuration.md',
    read: readTable,
    write: writeCell,
  },
  {
    file: 'infra/constructs/green-api-logout-props.ts',
    read: (source) =>
      readProps(source).map(({ path, ...rest }) => ({ path: settingByProp.get(path) ?? path, ...rest })),
    write: writeTag,
  },
];

const isWithin = (path: string, group: string): boolean => path === group || path.startsWith(`${group}.`);

const expectedFor = ({ write }: Document, { path, text }: Statement): string => {
  const setting = settings.find((one) => one.path === path);
  return setting === undefined ? text : (write(setting.default, path) ?? text);
};

/** The content with every default as the settings have it. */
export const withDefaults = (document: Document, content: string): string =>
  document
    .read(content)
    .filter(({ text }) => text !== '')
    .toSorted((one, other) => other.at - one.at)
    .reduce(
      (text, statement) =>
        text.slice(0, statement.at) +
        expectedFor(document, statement) +
        text.slice(statement.at + statement.text.length),
      content,
    );

/** What a file leaves out, what it has besides, and each default that is not the setting's. */
export const problemsIn = (document: Document, content: string): readonly string[] => {
  const { file } = document;
  const statements = document.read(content);
  const missing = settings.filter(({ path, default: fallback }) => {
    const isStated = (one: Statement) => one.path === path;
    // A setting without a default may be described with the object that it is in.
    const isDescribed = (one: Statement) => fallback === undefined && !one.hasParts && isWithin(path, one.path);
    return !statements.some((one) => isStated(one) || isDescribed(one));
  });
  return [
    ...missing.map(({ path }) => `${file} says nothing about ${path}`),
    ...statements
      .filter((one) => !settings.some(({ path }) => isWithin(path, one.path)))
      .map(({ path }) => `${file} has ${path}, which is no setting`),
    ...statements
      .filter((one) => one.text !== expectedFor(document, one))
      .map((one) => `${file} says "${one.text}" for ${one.path}, whose default is ${expectedFor(document, one)}`),
  ];
};
