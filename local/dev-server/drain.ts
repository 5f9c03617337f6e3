import { sendJson } from '../../console/server/respond.ts';
import type { Handle } from '../../loopback/loopback-server.ts';

/** Lets a server end without cutting off the requests in progress. */
export const createDrain = (next: Handle) => {
  const idle = Promise.withResolvers<void>();
  let isEnding = false;
  let count = 0;

  const finish = () => {
    count -= 1;
    if (isEnding && count === 0) idle.resolve();
  };

  const handle: Handle = (request, response) => {
    if (isEnding) {
      response.setHeader('connection', 'close');
      const message = 'the local service is ending: start it again, and repeat the request';
      return sendJson(response, 503, { message });
    }
    count += 1;
    response.once('close', finish);
    return next(request, response);
  };

  /** Refuses new requests, and resolves when those in progress are answered, or after `longestMs`. */
  const drain = async (longestMs: number): Promise<void> => {
    isEnding = true;
    if (count === 0) return;
    const timer = setTimeout(idle.resolve, longestMs);
    await idle.promise;
    clearTimeout(timer);
  };

  return { handle, drain, inProgress: () => count };
};
