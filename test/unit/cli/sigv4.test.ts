import { createHash, createHmac } from 'node:crypto';
import { createSigV4Signer } from '../../../cli/api/sigv4.ts';

const credentials = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', session: 'session-token' };

beforeAll(() => {
  process.env.AWS_ACCESS_KEY_ID = credentials.id;
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secret;
  process.env.AWS_SESSION_TOKEN = credentials.session;
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The signature as described in https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
const signatureOf = (
  request: { readonly method: string; readonly url: URL; readonly body: string },
  headers: Readonly<Record<string, string>>,
  region: string,
): string => {
  const date = headers['x-amz-date'] ?? '';
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
  const lines = names.split(';').map((name) => `${name}:${name === 'host' ? request.url.host : headers[name]}\n`);
  const query = [...request.url.searchParams]
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
  const canonical = [request.method, request.url.pathname, query, lines.join(''), names, sha256(request.body)].join(
    '\n',
  );
  const scope = `${date.slice(0, 8)}/${region}/execute-api/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${credentials.secret}`);
  return hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString('hex');
};

test.each([
  ['POST', '/instances/1101000001/logout', '{"reason":"phone lost"}'],
  ['GET', '/instances?owner=john.doe%40example.com&next=a%20b%2Bc%3D', ''],
])('%s %s is signed as AWS describes, for the region in the address', async (method, path, body) => {
  const api = new URL('https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com');
  const url = new URL(path, api);
  const sign = createSigV4Signer(api, { region: 'us-east-1' });

  const headers = await sign({ method, url, headers: { prefer: 'wait=5' }, ...(body !== '' && { body }) });

  expect(headers).toMatchObject({ prefer: 'wait=5', 'x-amz-security-token': credentials.session });
  expect(headers.authorization).toBe(
    `AWS4-HMAC-SHA256 Credential=${credentials.id}/${headers['x-amz-date']?.slice(0, 8)}/eu-central-1/execute-api/aws4_request, ` +
      `SignedHeaders=host;prefer;x-amz-content-sha256;x-amz-date;x-amz-security-token, ` +
      `Signature=${signatureOf({ method, url, body }, headers, 'eu-central-1')}`,
  );
});

test('for a custom domain the region of the settings is used', async () => {
  const api = new URL('https://logout.example.com');
  const sign = createSigV4Signer(api, { region: 'us-east-1' });

  const { authorization } = await sign({ method: 'GET', url: new URL('/instances', api), headers: {} });

  expect(authorization).toContain('/us-east-1/execute-api/aws4_request');
});
