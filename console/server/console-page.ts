import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The built page, and the security headers to be sent with it. */
export type ConsolePage = { readonly html: string; readonly headers: Readonly<Record<string, string>> };

/** For answers that are no page: each may be opened as one. */
export const securityHeadersOf = ({ headers }: ConsolePage): Readonly<Record<string, string>> => {
  const { 'content-type': _, ...securityHeaders } = headers;
  return securityHeaders;
};

/** Reads what the build wrote into `dist/console`. @throws if the build has not run */
export const readConsolePage = (folder: string): ConsolePage => ({
  html: readFileSync(join(folder, 'index.html'), 'utf8'),
  headers: JSON.parse(readFileSync(join(folder, 'headers.json'), 'utf8')),
});
