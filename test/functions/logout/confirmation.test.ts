import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startLogoutWorld } from '../../support/logout-world.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

test('reads no more when the wait is over, whatever the garbage collector does meanwhile', async () => {
  await using world = await startLogoutWorld();
  world.break('hang', { method: 'getStateInstance' });
  const collecting = setInterval(collectGarbage, 50);

  const answer = await world.logOut({ wait: 1 });
  clearInterval(collecting);

  expect(answer.body).toMatchObject({ code: 'unconfirmed' });
  expect(world.evidence()).toMatchObject([{ readings: [{ failure: 'GREEN-API did not answer in time' }] }]);
});
