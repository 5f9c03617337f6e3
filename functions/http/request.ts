import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as v from 'valibot';
import { parseFields } from '../platform/unknown-values.ts';

/** The request cannot be understood: the function answers 400 and says which field, and what it must be. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly field: string;
  readonly rule: string;

  /** @param rule what the field must be; it never quotes what was sent */
  constructor(field: string, rule: string) {
    super(`${field} ${rule}`);
    this.field = field;
    this.rule = rule;
  }
}

/**
 * Parses the fields of a request.
 *
 * @param schema a strict object, each rule's message of the form "must …"
 * @param whole name of the request in an error about the request as a whole
 * @throws {@link InvalidRequest} naming the first field that is wrong; it never quotes a value
 */
export const requireFields = <Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  whole: string,
): v.InferOutput<Schema> => {
  const parsed = parseFields(schema, value, 'request');
  if (parsed.kind === 'fields') return parsed.fields;
  throw new InvalidRequest(parsed.field ?? whole, parsed.rule);
};

type Body = Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>;

const parseText = ({ body, isBase64Encoded }: Body): string => {
  if (!isBase64Encoded) return body ?? '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body ?? '', 'base64'));
  } catch {
    throw new InvalidRequest('body', 'must be UTF-8');
  }
};

const parseJson = (text: string): unknown => {
  try {
    return text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    throw new InvalidRequest('body', 'must be JSON');
  }
};

/**
 * Reads a JSON body whatever its content type; a missing one is `{}`.
 *
 * @param schema strict, each rule's message of the form "must …"
 * @throws {@link InvalidRequest} naming the field; it never quotes the body
 */
export const parseBody = <Schema extends v.GenericSchema>(
  event: Body,
  schema: Schema,
  longestBytes: number,
): v.InferOutput<Schema> => {
  // Base64 is a third longer than what it stands for.
  if ((event.body?.length ?? 0) > longestBytes * 1.4)
    throw new InvalidRequest('body', `must be at most ${longestBytes} bytes`);
  const text = parseText(event);
  if (Buffer.byteLength(text) > longestBytes) throw new InvalidRequest('body', `must be at most ${longestBytes} bytes`);

  return requireFields(schema, parseJson(text), 'body');
};

/** Reads the query string. @throws InvalidRequest naming the parameter */
export const parseQuery = <Schema extends v.GenericSchema>(
  event: Pick<APIGatewayProxyEventV2, 'queryStringParameters'>,
  schema: Schema,
): v.InferOutput<Schema> => requireFields(schema, event.queryStringParameters ?? {}, 'query');

/**
 * Reads `Idempotency-Key`: whoever sends one may send the request again and gets what the first one got.
 *
 * @throws InvalidRequest unless it is missing or 1 to 128 visible ASCII characters
 */
export const parseIdempotencyKey = (header: string | undefined): string | undefined => {
  if (header === undefined || /^[\x21-\x7e]{1,128}$/.test(header)) return header;
  throw new InvalidRequest('Idempotency-Key', 'must be 1 to 128 visible ASCII characters');
};

/** How long the synchronous function waits for a confirmation, in seconds. */
const waitRange = { default: 5, longest: 20 } as const;

export type Wait = {
  readonly waitMs: number;
  /** For the answer: what the caller asked for and got (RFC 7240, section 3). */
  readonly applied?: { readonly 'preference-applied': string };
};

/**
 * Reads `Prefer: wait=<seconds>` (RFC 7240). As the RFC wants it, the first `wait` counts, one that is no whole number is
 * ignored, and a longer wait than we grant becomes the longest; `Preference-Applied` says what was done.
 */
export const parseWait = (prefer: string | undefined): Wait => {
  const preferences = (prefer ?? '').split(',').map((preference) => preference.split(';')[0]?.trim() ?? '');
  const wait = preferences.find((preference) => /^wait\s*=/i.test(preference));
  const seconds = /^wait\s*=\s*"?([0-9]{1,9})"?$/i.exec(wait ?? '')?.[1];
  if (seconds === undefined) return { waitMs: waitRange.default * 1_000 };

  const granted = Math.min(Number(seconds), waitRange.longest);
  return { waitMs: granted * 1_000, applied: { 'preference-applied': `wait=${granted}` } };
};
