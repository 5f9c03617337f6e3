import { AwsError } from './aws-error.ts';
import type { Secret } from './secret.ts';

export type PageRequest = {
  readonly size: number;
  readonly nextToken: string | undefined;
  readonly descending?: boolean;
};

export type Page = { readonly secrets: readonly Secret[]; readonly nextToken?: string };

/** Cuts one page. The token names the last secret shown, so that others may come and go between two pages. */
export const pageOf = (secrets: readonly Secret[], { size, nextToken, descending = false }: PageRequest): Page => {
  const ordered = descending ? secrets.toReversed() : secrets;
  const last = nextToken === undefined ? undefined : parseToken(nextToken);
  const isLeft = ({ serial }: Secret) => last === undefined || (descending ? serial < last : serial > last);
  const left = ordered.filter(isLeft);
  const shown = left.slice(0, size);
  const end = shown.at(-1);
  return { secrets: shown, ...(end && left.length > size && { nextToken: tokenAfter(end) }) };
};

const tokenAfter = ({ serial }: Secret) => Buffer.from(`after ${serial}`).toString('base64url');

const parseToken = (token: string): number => {
  const serial = /^after (\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (!serial) throw new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
  return Number(serial);
};
