import { UsageError } from '../errors.ts';

export const isLoopback = ({ hostname }: URL): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);

/**
 * Reads the address of an API: https, or http on this machine.
 *
 * @throws UsageError
 */
export const parseApiAddress = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (url === undefined || !isSafe || url.username || url.password || url.search || url.hash)
    throw new UsageError(
      '--url must be an https address such as https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com, or http on this machine.',
    );
  return url;
};
