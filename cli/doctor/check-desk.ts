import { fetchErrorName } from '../../client/result.ts';
import { type Finding, failure, ok } from './finding.ts';

const timeoutMs = 15_000;

/** Opens the page of the desk, if there is one, as a browser does. The function behind it reads the issuer's discovery document. */
export const checkDesk = async (url: string | undefined): Promise<readonly Finding[]> => {
  if (url === undefined) return [];
  try {
    const { status } = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    if (status === 200) return [ok('desk', `${url} is served. This is the redirect address at the identity provider.`)];
    const why = status === 503 ? "the issuer's discovery document cannot be read" : `HTTP status ${status}`;
    return [failure('desk', `${url} is not served: ${why}. The log of the function desk has the reason.`)];
  } catch (error) {
    return [failure('desk', `${url} cannot be reached (${fetchErrorName(error)}).`)];
  }
};
