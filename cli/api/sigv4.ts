import { createHash, createHmac } from 'node:crypto';
import { STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Sign } from '../../client/signed-transport.ts';
import { callAws } from '../aws/aws-failure.ts';
import type { AwsSettings } from '../aws/aws-settings.ts';

type Secret = string | ArrayBuffer | ArrayBufferView;

const keyOf = (secret: Secret): string | Uint8Array => {
  if (typeof secret === 'string') return secret;
  return ArrayBuffer.isView(secret)
    ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
    : Buffer.from(secret);
};

/** SHA-256, or HMAC-SHA-256 with a secret, in the shape that the signer wants. */
class Sha256 {
  readonly #hash;

  constructor(secret?: Secret) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

/** The address of an API names its region; behind a domain of one's own it is the region of the profile. */
const regionIn = ({ hostname }: URL): string | undefined => /\.execute-api\.([\w-]+)\.amazonaws\./.exec(hostname)?.[1];

/** Signs with the credentials that the AWS SDK finds (environment, profile, SSO). */
export const createSigV4Signer = (api: URL, aws: AwsSettings): Sign => {
  const { region, credentials } = new STSClient(aws).config;
  const signer = new SignatureV4({
    service: 'execute-api',
    region: regionIn(api) ?? region,
    credentials,
    sha256: Sha256,
  });
  return async ({ method, url, headers, body }) => {
    const request = {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      ...(body !== undefined && { body }),
    };
    const signed = await callAws('execute-api:Invoke', () => signer.sign(request));
    const { host: _, ...sent } = signed.headers;
    return sent;
  };
};
