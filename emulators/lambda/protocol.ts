import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../aws-json.ts';

export const invalidParameter = (message: string) => new AwsError('InvalidParameterValueException', message);

/** A field that breaks its constraint in the API's model, worded as AWS does. */
export const violation = (member: string, constraint: string) =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );

export const notFound = (message: string) => new AwsError('ResourceNotFoundException', message, 404);

/** The most a checkpoint, a result, the error of an execution or an asynchronous payload may hold, in bytes. */
export const payloadLimit = 256 * 1024;

/** Size on the wire, in bytes. */
export const sizeOf = (value: unknown): number =>
  Buffer.byteLength(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** Makes a replacer for JSON that writes each `…Timestamp` as a number. @param unitMs of that number */
export const timestampsIn =
  (unitMs: 1 | 1000) =>
  (key: string, value: unknown): unknown =>
    key.endsWith('Timestamp') && typeof value === 'string' ? Date.parse(value) / unitMs : value;

export type Request = {
  /** The one parameter in the path, decoded. */
  readonly parameter: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type Answer = {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes out as it is. */
  readonly body: unknown;
};

/** A function as a request names it: `name`, `name:qualifier`, or an ARN. */
export type FunctionReference = { readonly name: string; readonly qualifier: string | undefined };

const referencePattern =
  /^(?:(?:arn:aws:lambda:[a-z0-9-]+:)?\d{12}:function:)?([A-Za-z0-9-_]{1,64})(?::(\$LATEST|[A-Za-z0-9-_]+))?$/;

export const parseFunctionReference = (text: string, qualifierInQuery: string | null): FunctionReference => {
  const [, name, qualifier] = referencePattern.exec(text) ?? [];
  if (name === undefined) throw violation('functionName', `Member must satisfy ${referencePattern.source}`);
  if (qualifier !== undefined && qualifierInQuery !== null && qualifier !== qualifierInQuery) {
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.');
  }
  return { name, qualifier: qualifier ?? qualifierInQuery ?? undefined };
};

const parseMaxItems = (query: URLSearchParams): number => {
  const text = query.get('MaxItems') ?? '0';
  const maxItems = Number(text);
  if (!/^\d+$/.test(text) || maxItems > 1000) throw violation('maxItems', 'Member must be between 0 and 1000');
  return maxItems === 0 ? 100 : maxItems;
};

const parseMarker = (query: URLSearchParams): number | undefined => {
  const text = query.get('Marker');
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw violation('marker', 'Member must be a marker from an earlier answer');
  return Number(text);
};

/**
 * One page of the items that are listed, by `Marker` and `MaxItems` of the query (default 100, at most 1,000). A marker is a position
 * among all items, so that it stays valid while items are added.
 *
 * @param items oldest first
 */
export const pageOf = <Item>(
  items: readonly Item[],
  query: URLSearchParams,
  newestFirst = false,
  isListed: (item: Item) => boolean = () => true,
) => {
  const marker = parseMarker(query);
  const maxItems = parseMaxItems(query);
  const isAfterMarker = (position: number) =>
    marker === undefined || (newestFirst ? position < marker : position > marker);
  const left = [...items.entries()].filter(([position, item]) => isAfterMarker(position) && isListed(item));
  const page = (newestFirst ? left.toReversed() : left).slice(0, maxItems);
  const last = page.at(-1);
  return {
    page: page.map(([, item]) => item),
    NextMarker: left.length > page.length && last !== undefined ? String(last[0]) : undefined,
  };
};
