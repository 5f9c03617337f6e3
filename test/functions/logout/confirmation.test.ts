import type { GreenApi } from '../../../functions/green-api/client.ts';
import { deadlineIn } from '../../../functions/green-api/deadline.ts';
import type { InstanceId } from '../../../functions/instances/instance-id.ts';
import type { Ask } from '../../../functions/logout/ask.ts';
import { createLogOut } from '../../../functions/logout/log-out.ts';

const accepted = { kind: 'accepted', requests: 1 };
const authorized = { kind: 'state', stateInstance: 'authorized', requests: 1 };

/** A logout to which GREEN-API gives these answers, one after the other. */
const logOutWith = (answers: readonly object[]) => {
  const left = [...answers];
  const logOut = createLogOut({
    ask: (async () => left.shift()) as unknown as Ask,
    greenApi: {} as GreenApi,
    recordEvidence: async () => {},
    now: () => new Date(),
  });
  const request = { idInstance: '1101000001' as InstanceId, requestedBy: 'desk', waitMs: 20_000 };
  return logOut(request, deadlineIn(60_000));
};

test.each([
  [
    'there was no turn for it',
    { kind: 'rate-limited', reason: 'too many calls of this instance at once', requests: 0 },
    'no reading (of 2) said notAuthorized: too many calls of this instance at once',
  ],
  [
    'the time was over',
    { kind: 'timed-out', reason: 'there was no time left to ask GREEN-API', requests: 0 },
    'no reading (of 2) said notAuthorized within 20 s',
  ],
])('says why there was no further reading: %s', async (_, last, reason) => {
  const outcome = await logOutWith([accepted, authorized, authorized, last]);

  expect(outcome).toMatchObject({ kind: 'unconfirmed', confirmed: false, stateInstance: 'authorized', reason });
});
