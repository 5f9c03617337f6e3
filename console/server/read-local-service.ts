import * as v from 'valibot';
import { parseJsonAs } from '../../functions/platform/unknown-values.ts';
import { isLoopbackHost } from './foreign-request.ts';

const connectionSchema = v.object({
  /** What the page is connected to, in words. */
  service: v.string(),
  /** Whether a logout ends a real session. */
  real: v.boolean(),
});

export type Connection = Readonly<v.InferOutput<typeof connectionSchema>>;

const timeoutMs = 2_000;

/**
 * Asks the local service at `base` what it is. Resolves with `undefined` for anything else: a deployment, or a tunnel to one.
 * A local service with real secrets does not answer without its start token.
 */
export const readLocalService = async (base: URL): Promise<Connection | undefined> => {
  if (!isLoopbackHost(base.host)) return undefined;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(new URL('/local/console', base), { redirect: 'error', signal });
    return parseJsonAs(connectionSchema, await answer.text());
  } catch {
    return undefined;
  }
};
