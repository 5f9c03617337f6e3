const sortKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** JSON that is the same to the byte for the same fields, in whatever order they were put together. */
export const stableJson = (value: unknown): string => JSON.stringify(value, sortKeys);
