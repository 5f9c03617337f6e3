import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';

const errorBody = (code: string): string => `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;

const lockOf = (days: number): string =>
  `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>${days}</Days></DefaultRetention></Rule></ObjectLockConfiguration>`;

/** The objects by their paths, and what hides them: a later version, or `undefined` for a delete marker. */
type Bucket = {
  readonly objects: ReadonlyMap<string, string>;
  readonly later: ReadonlyMap<string, string | undefined>;
};

const versionsOf = ({ objects, later }: Bucket) =>
  [...objects.keys()].sort().flatMap((path) => {
    const key = path.replace(/^\/[^/]+\//, '');
    const first = { key, id: 'first', element: 'Version' };
    if (!later.has(path)) return [first];
    return [{ key, id: 'later', element: later.get(path) === undefined ? 'DeleteMarker' : 'Version' }, first];
  });

/** Pages of two versions, so that a reader that takes the first page for all of them is seen. */
const listOf = (bucket: Bucket, query: URLSearchParams): string => {
  const [after, id] = [query.get('key-marker') ?? '', query.get('version-id-marker')];
  const all = versionsOf(bucket);
  const rest = all.filter(({ key }, at) =>
    id === null ? key > after : at > all.findIndex((version) => version.key === after && version.id === id),
  );
  const page = rest.slice(0, 2);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  const next = `<NextKeyMarker>${last?.key}</NextKeyMarker><NextVersionIdMarker>${last?.id}</NextVersionIdMarker>`;
  const items = page.map(
    ({ key, id: versionId, element }) =>
      `<${element}><Key>${key}</Key><VersionId>${versionId}</VersionId></${element}>`,
  );
  return `<ListVersionsResult><IsTruncated>${last !== undefined}</IsTruncated>${last ? next : ''}${items.join('')}</ListVersionsResult>`;
};

type Answer = { readonly body: string } | { readonly code: string };

const read = (bucket: Bucket, path: string, query: URLSearchParams, days: number): Answer => {
  const { objects, later } = bucket;
  const isLater = later.has(path) && query.get('versionId') !== 'first';
  const object = isLater ? later.get(path) : objects.get(path);
  if (object !== undefined) return { body: object };
  if (query.has('object-lock'))
    return days > 0 ? { body: lockOf(days) } : { code: 'ObjectLockConfigurationNotFoundError' };
  return query.has('versions') ? { body: listOf(bucket, query) } : { code: 'NoSuchKey' };
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
  const later = new Map<string, string | undefined>();
  const server = await startLoopbackServer(async (request, response) => {
    const body = await buffer(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(pathname);
    const refuse = (status: number, code: string) =>
      void response.writeHead(status, { 'content-type': 'application/xml' }).end(errorBody(code));

    const failure = failures.shift();
    if (failure !== undefined) return refuse(failure.status, failure.code);
    if (request.method === 'GET') {
      const answer = read({ objects, later }, path, searchParams, lockedDays);
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
  return { url: server.url, objects, later, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
};
