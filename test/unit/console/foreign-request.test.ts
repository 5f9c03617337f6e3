import { once } from 'node:events';
import { request } from 'node:http';
import { isForeignToConsole } from '../../../console/server/foreign-request.ts';
import { startLoopbackServer } from '../../../loopback/loopback-server.ts';

let server: Awaited<ReturnType<typeof startLoopbackServer>>;

beforeAll(async () => {
  server = await startLoopbackServer((_, response) => void response.end('reached'), { isForeign: isForeignToConsole });
});

afterAll(() => server.close());

const statusOf = async (method: string, headers: Record<string, string>): Promise<number | undefined> => {
  const sent = request(server.url, { method, headers: { host: '127.0.0.1:3000', ...headers } }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
};

const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

test.each<[string, Record<string, string>]>([
  ['a program, which sends neither header', {}],
  ['the page itself', { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' }],
  ['the page under the name localhost', { host: 'localhost:3000', origin: 'http://localhost:3000' }],
  ['the page under the IPv6 address', { host: '[::1]:3000', origin: 'http://[::1]:3000' }],
  ['the page through a tunnel on another port', { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' }],
])('%s can send a change', async (_, headers) => {
  expect(await statusOf('POST', headers)).toBe(200);
});

test.each<[string, Record<string, string>]>([
  ['a page of another site', { origin: 'https://page.example', 'sec-fetch-site': 'cross-site' }],
  ['a page on another port of this machine', { origin: 'http://127.0.0.1:3001', 'sec-fetch-site': 'same-site' }],
  ['a page of the same host over HTTPS', { origin: 'https://127.0.0.1:3000' }],
  ['a sandboxed page, whose origin is null', { origin: 'null' }],
  ['a form of another site, when the browser sends no origin', { 'sec-fetch-site': 'cross-site', ...navigation }],
  ['a domain that resolves to this machine', { host: 'rebind.example:3000', origin: 'http://rebind.example:3000' }],
  ['a host with more than a port behind the name of this machine', { host: 'localhost:3000.example' }],
  ['a domain that only begins like this machine', { host: '127.0.0.1.example:3000' }],
])('%s cannot send a change', async (_, headers) => {
  expect(await statusOf('POST', headers)).toBe(403);
});

test.each<[string, Record<string, string>, number]>([
  ['a typed address', { 'sec-fetch-site': 'none', ...navigation }, 200],
  ['a link on another site', { 'sec-fetch-site': 'cross-site', ...navigation }, 200],
  ['an image of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
  [
    'a frame of another site',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    403,
  ],
])('%s that reads gets status %j', async (_, headers, status) => {
  expect(await statusOf('GET', headers)).toBe(status);
});
