import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { startLoopbackServer } from '../../local/emulators/loopback-server.ts';

const errorBody = (code: string): string => `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;

/**
 * A bucket with Object Lock: it refuses an object without a checksum of its body, and under `If-None-Match: *` one that exists.
 *
 * @param failures codes and statuses that the next requests are answered with
 */
export const startS3 = async (failures: { readonly code: string; readonly status: number }[] = []) => {
  const objects = new Map<string, string>();
  const server = await startLoopbackServer(async (request, response) => {
    const body = await buffer(request);
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const refuse = (status: number, code: string) =>
      void response.writeHead(status, { 'content-type': 'application/xml' }).end(errorBody(code));

    const failure = failures.shift();
    if (failure !== undefined) return refuse(failure.status, failure.code);
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
