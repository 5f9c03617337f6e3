import type { Sign } from '../../client/signed-transport.ts';
import type { AwsSettings } from '../aws/aws-settings.ts';
import { isLoopback } from './api-address.ts';

const signNothing: Sign = async ({ headers }) => headers;

const signWithToken =
  (token: string): Sign =>
  async ({ headers }) => ({ ...headers, authorization: `Bearer ${token}` });

/**
 * A bearer token has precedence. The local service needs no signature. Every other API takes AWS Signature Version 4: that of a stack
 * too which an emulator on this machine has deployed.
 */
export const chooseSigner = async (
  url: URL,
  {
    token,
    aws,
    isOfStack = false,
  }: { readonly token: string | undefined; readonly aws: AwsSettings; readonly isOfStack?: boolean },
): Promise<Sign> => {
  if (token !== undefined) return signWithToken(token);
  if (isLoopback(url) && !isOfStack) return signNothing;
  const { createSigV4Signer } = await import('./sigv4.ts');
  return createSigV4Signer(url, aws);
};
