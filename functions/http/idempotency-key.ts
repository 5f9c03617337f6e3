import { InvalidRequest } from './invalid-request.ts';

/**
 * Reads `Idempotency-Key`: whoever sends one may send the request again and gets what the first one got.
 *
 * @throws InvalidRequest unless it is missing or 1 to 128 visible ASCII characters
 */
export const parseIdempotencyKey = (header: string | undefined): string | undefined => {
  if (header === undefined || /^[\x21-\x7e]{1,128}$/.test(header)) return header;
  throw new InvalidRequest('Idempotency-Key', 'must be 1 to 128 visible ASCII characters');
};
