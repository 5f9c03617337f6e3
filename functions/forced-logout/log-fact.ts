/** Writes one fact about a run for people to find. */
export type LogFact = (
  level: 'INFO' | 'WARN' | 'ERROR',
  message: string,
  fields: { readonly run: string } & Readonly<Record<string, unknown>>,
) => void;
