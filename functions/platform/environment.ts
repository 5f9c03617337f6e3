import * as v from 'valibot';

export type Variables = Readonly<Record<string, string | undefined>>;

/** A setting that a function reads from an environment variable. */
type Setting = {
  readonly variable: string;
  /** The value if the variable is missing. Without a default, the variable must be set. */
  readonly default?: unknown;
  /** Reads the variable's text. It is a function because esbuild does not drop an unused schema from a bundle. */
  readonly read: () => v.GenericSchema;
};

export type SettingTable = Readonly<Record<string, Setting>>;

type ValueOf<Row extends Setting> =
  | v.InferOutput<ReturnType<Row['read']>>
  | (Row extends { readonly default: infer Default } ? Default : never);

/** The values of settings, by the names in their table. */
export type ValuesOf<Table extends SettingTable> = { readonly [Name in keyof Table]: ValueOf<Table[Name]> };

type WholeNumber = {
  readonly variable: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly default: number | undefined;
};

export const wholeNumber = <const Row extends WholeNumber>(row: Row) => ({
  ...row,
  read: () =>
    v.pipe(
      v.string(),
      v.regex(/^[0-9]{1,9}$/, `must be a whole number of ${row.unit} from ${row.min} to ${row.max}`),
      v.transform(Number),
      v.minValue(row.min, `must be at least ${row.min}`),
      v.maxValue(row.max, `must be at most ${row.max}`),
    ),
});

type Text = {
  readonly variable: string;
  readonly pattern: RegExp;
  /** What a person is told if the text does not match. It reads after the setting's name. */
  readonly rule: string;
  readonly default?: string | undefined;
};

export const text = <const Row extends Text>(row: Row) => ({
  ...row,
  read: () => v.pipe(v.string(row.rule), v.regex(row.pattern, row.rule)),
});

/** A switch. A missing variable means that it is off. */
export const onOrOff = <const Row extends { readonly variable: string }>(row: Row) => ({
  ...row,
  default: false,
  read: () =>
    v.pipe(
      v.picklist(['enabled', 'disabled'], 'must be enabled or disabled'),
      v.transform((state) => state === 'enabled'),
    ),
});

type List = { readonly variable: string; readonly unit: string; readonly max?: number };

/** Texts, separated by commas. Empty ones are left out. */
export const list = <const Row extends List>(row: Row) => ({
  ...row,
  default: [] as const,
  read: () =>
    v.pipe(
      v.string(),
      v.transform((items) => items.split(',').map((item) => item.trim())),
      v.filterItems((item) => item !== ''),
      v.maxLength(row.max ?? Number.POSITIVE_INFINITY, `must be at most ${row.max} ${row.unit}`),
    ),
});

const hostPattern = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]{1,5})?$/;

const isHost = (host: string): boolean => hostPattern.test(host) && URL.canParse(`https://${host}`);

/** Names or addresses of hosts, each with or without a port, separated by commas. */
export const hosts = <const Row extends Omit<List, 'unit'>>(row: Row) => {
  const setting = list({ ...row, unit: 'hosts' });
  return {
    ...setting,
    read: () =>
      v.pipe(
        setting.read(),
        v.mapItems((host) => host.toLowerCase()),
        v.everyItem(isHost, 'must be hosts without scheme or path, separated by commas'),
      ),
  };
};

/** Environment variables are wrong. The message names each of them and what it must be. */
class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** Reads the variables of a table. @throws EnvironmentError at cold start that names everything that is wrong */
export const parseVariables = <Table extends SettingTable>(table: Table, variables: Variables): ValuesOf<Table> => {
  const problems: string[] = [];
  const values = Object.entries(table).map(([name, setting]) => {
    const given = variables[setting.variable];
    if (given === undefined && 'default' in setting) return [name, setting.default];
    const parsed = v.safeParse(setting.read(), given);
    problems.push(...(parsed.issues ?? []).map(({ message }) => `${setting.variable} ${message}`));
    return [name, parsed.output];
  });
  if (problems.length > 0)
    throw new EnvironmentError(`The environment of this function is wrong: ${problems.join('; ')}`);
  return Object.fromEntries(values) as ValuesOf<Table>;
};

/** `undefined` for a value that a function has without the variable: nothing, an empty list or object, and a switch that is off. */
const textOf = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return value.length > 0 ? value.join(',') : undefined;
  if (typeof value === 'boolean') return value ? 'enabled' : undefined;
  if (typeof value === 'object') return Object.keys(Object(value)).length > 0 ? JSON.stringify(value) : undefined;
  return value === undefined ? undefined : String(value);
};

/** The variables of a table with these values: the inverse of {@link parseVariables}. */
export const writeVariables = <Table extends SettingTable>(
  table: Table,
  values: ValuesOf<Table>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([name, { variable }]) => {
      const written = textOf(values[name]);
      return written === undefined ? [] : [[variable, written]];
    }),
  );
