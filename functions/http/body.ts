import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as v from 'valibot';
import { parseFields } from './fields.ts';
import { InvalidRequest } from './invalid-request.ts';

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

  return parseFields(parseJson(text), schema, 'body');
};
