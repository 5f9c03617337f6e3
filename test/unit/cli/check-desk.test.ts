import { checkDesk } from '../../../cli/doctor/check-desk.ts';
import { startLoopbackServer } from '../../../loopback/loopback-server.ts';

test.each([
  [200, 'ok', 'is served. This is the redirect address at the identity provider.'],
  [503, 'error', "is not served: the issuer's discovery document cannot be read."],
  [404, 'error', 'is not served: HTTP status 404.'],
])('a page of the desk that is answered %i is %s', async (code, status, detail) => {
  await using server = await startLoopbackServer((_, response) => void response.writeHead(code).end(), {});

  expect(await checkDesk(server.url)).toEqual([{ status, what: 'desk', detail: expect.stringContaining(detail) }]);
});

test('a page of the desk that cannot be reached is an error', async () => {
  const server = await startLoopbackServer(() => {}, {});
  await server.close();

  expect(await checkDesk(server.url)).toEqual([
    { status: 'error', what: 'desk', detail: expect.stringContaining('cannot be reached (ECONNREFUSED)') },
  ]);
});
