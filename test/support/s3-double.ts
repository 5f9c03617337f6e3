import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';

const errorBody = (code: string): string => `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;

const lockOf = (days: number): string =>
  `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>${days}</Days></DefaultRetention></Rule></ObjectLockConfiguration>`;

/** A page of two keys, so that a reader that takes the first page for all of them is seen. */
const listOf = (keys: readonly string[], after: string): string => {
  const rest = keys.filter((key) => key > after).sort();
  const page = rest.slice(0, 2);
  const next = rest.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  return `<ListBucketResult><IsTruncated>${next !== ''}</IsTruncated>${next}${contents}</ListBucketResult>`;
};

type Answer = { readonly body: string } | { readonly code: string };

const read = (objects: ReadonlyMap<string, string>, path: string, query: URLSearchParams, days: number): Answer => {
  const object = objects.get(path);
  if (object !== undefined) return { body: object };
  if (query.has('object-lock'))
    return days > 0 ? { body: lockOf(days) } : { code: 'ObjectLockConfigurationNotFoundError' };
  if (!query.has('list-type')) return { code: 'NoSuchKey' };
  const keys = [...objects.keys()].map((key) => key.replace(/^\/[^/]+\//, ''));
  return { body: listOf(keys, query.get('continuation-token') ?? query.get('start-after') ?? '') };
};

/**
 * A bucket with Object Lock: it refuses an object without a checksum of its body, and under `If-None-Match: *` one that exists.
 *
 * @param failures codes and statuses that the next requests are answered with
 * @param lockedDays default retention in days; 0: the bucket has no Object Lock
 */
export const startS3 = async (
  failures: { readonly code: string; readonly status: number }[] = [],
  lockedDays = 2_562,
) => {
  const objects = new Map<string, string>();
  const server = await startLoopbackServer(async (request, response) => {
    const body = await buffer(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(pathname);
    const refuse = (status: number, code: string) =>
      void response.writeHead(status, { 'content-type': 'application/xml' }).end(errorBody(code));

    const failure = failures.shift();
    if (failure !== undefined) return refuse(failure.status, failure.code);
    if (request.method === 'GET') {
      const answer = read(objects, path, searchParams, lockedDays);
      return 'code' in answer ? refuse(404, answer.code) : void response.end(answer.body);
    }
    if (request.method !== 'PUT') return refuse(405, 'MethodNotAllowed');
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(body));
    if (request.headers['x-amz-checksum-crc32'] !== checksum.toString('base64')) return refuse(400, 'InvalidRequest');
    if (request.headers['if-none-match'] === '*' && objects.has(path)) return refuse(412, 'PreconditionFailed');
    objects.set(path, body.toString('utf8'));
    response.end();
  }, {});
  return { url: server.url, objects, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
};
