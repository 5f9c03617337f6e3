import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A GREEN-API host that accepts every logout after 20 ms. */
const startHost = async () => {
  const server = createServer(async (request, response) => {
    await sleep(20);
    response.end(request.url?.includes('/logout/') ? '{"isLogout":true}' : '{"stateInstance":"notAuthorized"}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
};

// Lambda's limit: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
test.each([1, 25, 60])('3,000 instances on %i hosts need no more than 1,024 file descriptors', async (count) => {
  const hosts = await Promise.all(Array.from({ length: count }, startHost));
  const client = join(__dirname, 'many-hosts-client.ts');
  const urls = JSON.stringify(hosts.map(({ url }) => url));

  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    'ulimit -n 1024; exec "$0" "$@"',
    process.execPath,
    client,
    urls,
  ]);

  for (const host of hosts) host.close();
  expect(JSON.parse(stdout)).toEqual({ accepted: 3_000, state: 3_000 });
});
