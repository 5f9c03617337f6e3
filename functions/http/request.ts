import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { type InstanceId, instanceIdRule, parseInstanceId } from '../green-api/instance-id.ts';
import { parseFields, parseJson } from '../platform/unknown-values.ts';

/** The request is invalid. The handler answers 400 and names the field and what it must be. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly field: string;
  readonly rule: string;

  /** @param rule what the field must be; it never quotes what was sent */
  constructor(field: string, rule: string) {
    super(`${field === '' ? '""' : field} ${rule}`);
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

/** The gateway passes a body as text or as base64, by its content type. */
export const decodeBody = ({ body, isBase64Encoded }: Body): string =>
  (isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? '')).replace(/^\ufeff/, '');

/** Reads a body as text, without a byte order mark. @throws InvalidRequest */
export const parseText = (event: Body, longestBytes: number): string => {
  const tooLong = (): InvalidRequest => new InvalidRequest('body', `must be at most ${longestBytes} bytes`);
  // Base64 is a third longer than the bytes it encodes.
  if ((event.body?.length ?? 0) > longestBytes * 1.4) throw tooLong();
  const text = decodeBody(event);
  // In a text the gateway has replaced each byte that is not UTF-8 by U+FFFD, so that both forms of the same bytes are refused.
  if (!text.isWellFormed() || text.includes('\ufffd')) throw new InvalidRequest('body', 'must be UTF-8');
  if (Buffer.byteLength(text) > longestBytes) throw tooLong();
  return text;
};

/** Reads a JSON text; an empty one is `{}`. @throws InvalidRequest */
export const parseJsonBody = (text: string): unknown => {
  if (text.trim() === '') return {};
  const value = parseJson(text);
  if (value === undefined) throw new InvalidRequest('body', 'must be JSON');
  return value;
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
): v.InferOutput<Schema> => requireFields(schema, parseJsonBody(parseText(event, longestBytes)), 'body');

/**
 * Reads the query string.
 *
 * @param schema strict
 * @throws InvalidRequest naming the parameter
 */
export const parseQuery = <Schema extends v.GenericSchema>(
  {
    queryStringParameters = {},
    rawQueryString,
  }: Pick<APIGatewayProxyEventV2, 'queryStringParameters' | 'rawQueryString'>,
  schema: Schema,
): v.InferOutput<Schema> => {
  const fields = requireFields(schema, queryStringParameters, 'query');
  // The gateway joins the values of a repeated parameter by commas.
  const names = [...new URLSearchParams(rawQueryString).keys()];
  const repeated = names.find((name, at) => names.indexOf(name) < at);
  if (repeated !== undefined) throw new InvalidRequest(repeated, 'must be given once');
  return fields;
};

/** The `next` of a list is none that this API gave, as far as can be told. */
export const invalidNext = new InvalidRequest('next', 'must be the next of an earlier answer');

export const nextEntry = v.optional(v.pipe(v.string(), v.regex(/^.{1,4096}$/, invalidNext.rule)));

/**
 * Reads `Idempotency-Key`: a request that is repeated with the same key gets the answer of the first one.
 *
 * @throws InvalidRequest unless it is missing or 1 to 128 visible ASCII characters
 */
export const parseIdempotencyKey = (header: string | undefined): string | undefined => {
  if (header === undefined || /^[\x21-\x7e]{1,128}$/.test(header)) return header;
  throw new InvalidRequest('Idempotency-Key', 'must be 1 to 128 visible ASCII characters');
};

/**
 * A parameter of the path. No id needs `%`, so a path written with it has none: as 110100000%35, an id might pass a policy that
 * denies this very path.
 */
export const pathParameter = (event: APIGatewayProxyEventV2, name: string): string | undefined =>
  event.rawPath?.includes('%') ? undefined : event.pathParameters?.[name];

/** Reads the id of an instance in the path. @throws InvalidRequest */
export const parsePathInstance = (event: APIGatewayProxyEventV2): InstanceId => {
  const idInstance = parseInstanceId(pathParameter(event, 'idInstance'));
  if (idInstance === undefined) throw new InvalidRequest('idInstance', instanceIdRule);
  return idInstance;
};
