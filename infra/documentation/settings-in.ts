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
