import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A secret for one start of the server. Only someone who sees the printed address has it. */
export const createStartToken = (): string => randomBytes(24).toString('base64url');

/** The address to open. The token is in the fragment, which a browser sends to no server. */
export const addressWithToken = (url: string, startToken: string): string => `${url}/#token=${startToken}`;

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time. */
export const carriesStartToken = ({ headers }: IncomingMessage, startToken: string): boolean =>
  timingSafeEqual(digestOf(headers.authorization ?? ''), digestOf(`Bearer ${startToken}`));
