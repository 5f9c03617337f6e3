import { parseCustom } from './custom.ts';
import type { Reading } from './dialect.ts';
import { parseIdentityCenter } from './identity-center.ts';
import { parseOkta } from './okta.ts';

const dialects = [parseCustom, parseOkta, parseIdentityCenter];

/** Reads an untrusted event by the dialect that it is of. */
export const readEvent = (event: unknown): Reading | { readonly kind: 'unknown-dialect' } => {
  for (const parse of dialects) {
    const reading = parse(event);
    if (reading !== undefined) return reading;
  }
  return { kind: 'unknown-dialect' };
};
