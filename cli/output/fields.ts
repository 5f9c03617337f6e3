import { printable } from './printable.ts';

/** One line per field that has a value. */
export const formatFields = (fields: readonly (readonly [name: string, value: string | undefined])[]): string =>
  fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(14)}${printable(value)}`])).join('\n');
