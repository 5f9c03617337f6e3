import { errorCodeOf } from '../../emulators/error-code.ts';
import { CannotStart } from './options.ts';

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken',
  EACCES: 'may not be used by this user',
};

/**
 * Says in one line why a port cannot be listened on.
 *
 * @param advice how to choose another
 * @throws CannotStart, or the error itself if it is not about the port
 */
export const refusePort =
  (port: number, advice: string) =>
  (error: unknown): never => {
    const reason = reasons[errorCodeOf(error)];
    throw reason === undefined ? error : new CannotStart(`port ${port} ${reason}: choose another${advice}`);
  };
