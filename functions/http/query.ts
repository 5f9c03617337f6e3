import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as v from 'valibot';
import { parseFields } from './fields.ts';

/** Reads the query string. @throws InvalidRequest naming the parameter */
export const parseQuery = <Schema extends v.GenericSchema>(
  event: Pick<APIGatewayProxyEventV2, 'queryStringParameters'>,
  schema: Schema,
): v.InferOutput<Schema> => parseFields(event.queryStringParameters ?? {}, schema, 'query');
