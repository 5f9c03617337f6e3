import { createForcedLogoutsHandler } from '../../../functions/forced-logouts.ts';
import { createLogoutHandler } from '../../../functions/logout.ts';
import { createStateHandler } from '../../../functions/state.ts';
import { contextOf, httpEventOf, parseAnswer } from '../../support/http-event.ts';

const called = jest.fn();
const call = async () => {
  called();
  throw new Error('the id was accepted');
};
const log = () => {};

const logout = createLogoutHandler({ logOut: call, tokenRotation: false, log });
const state = createStateHandler({ readState: call, now: () => new Date(), log });
const runs = createForcedLogoutsHandler({
  requestRun: call,
  listRuns: call,
  readRun: call,
  stopRun: call,
  recordStopped: call,
  readWatch: call,
  stopWatch: call,
  stack: 'green-api-logout',
  limits: { maxTargetsCeiling: 500, executionTimeoutMs: 86_400_000 },
  now: () => new Date(),
  log,
});

const run = `api-${'0'.repeat(40)}`;
const watch = `watch-${'0'.repeat(40)}`;

beforeEach(() => called.mockClear());

/** The id as the gateway decodes it, under the path that the client wrote. */
test.each([
  ['POST', '/instances/110100000%35/logout', { idInstance: '1101000005' }, logout],
  ['GET', '/instances/110100000%35/state', { idInstance: '1101000005' }, state],
  ['GET', `/forced-logouts/%61${run.slice(1)}`, { id: run }, runs],
  ['DELETE', `/forced-logouts/%61${run.slice(1)}`, { id: run }, runs],
  ['GET', `/watches/%77${watch.slice(1)}`, { id: watch }, runs],
  ['DELETE', `/watches/%77${watch.slice(1)}`, { id: watch }, runs],
])(
  '%s %s is refused, because this path might pass a policy that denies the plain one',
  async (method, rawPath, pathParameters, handler) => {
    const template = `${rawPath.split('/')[1]}/{id}`;
    const send = async (path: string) =>
      parseAnswer(
        await handler(httpEventOf({ routeKey: `${method} /${template}`, rawPath: path, pathParameters }), contextOf()),
      );

    const answer = await send(rawPath);

    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(called).not.toHaveBeenCalled();
    // The plain path is accepted.
    await send(decodeURIComponent(rawPath));
    expect(called).toHaveBeenCalledTimes(1);
  },
);
