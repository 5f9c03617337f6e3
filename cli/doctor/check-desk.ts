import { fetchErrorName } from '../../client/result.ts';
import { type Finding, failure, ok } from './finding.ts';

const timeoutMs = 15_000;

/**
 * Opens the page of the desk as a browser does. The function behind it reads the issuer's discovery document for it.
 *
 * @param url the output `Desk`
 */
export const checkDesk = async (url: string): Promise<readonly Finding[]> => {
  try {
    const { status } = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    if (status === 200) return [ok('desk', `${url} is served. This is the redirect address at the identity provider.`)];
    const why = status === 503 ? "the issuer's discovery document cannot be read" : `HTTP status ${status}`;
    return [failure('desk', `${url} is not served: ${why}. The log of the function desk has the reason.`)];
  } catch (error) {
    return [failure('desk', `${url} cannot be reached (${fetchErrorName(error)}).`)];
  }
};
