import type { InstanceId } from '../../functions/green-api/instance-id.ts';
import { composeState, createStateHandler } from '../../functions/state.ts';
import { contextOf, httpEventOf, parseAnswer } from '../support/http-event.ts';
import { idInstance, markerToken, startLogoutSetup } from '../support/logout-setup.ts';
import { createShortWaits } from '../support/short-waits.ts';

type Dependencies = Parameters<typeof createStateHandler>[0];
type StateAnswer = Awaited<ReturnType<Dependencies['readState']>>;

const event = httpEventOf({ pathParameters: { idInstance } });

const answerTo = async (answer: StateAnswer) => {
  const asked: InstanceId[] = [];
  const handler = createStateHandler({
    readState: async (id) => {
      asked.push(id);
      return answer;
    },
    now: () => new Date('2026-11-30T17:00:00Z'),
    log: () => {},
  });
  return { asked, ...parseAnswer(await handler(event, contextOf())) };
};

test.each([
  ['authorized', 'linked'],
  ['notAuthorized', 'out'],
  ['neverSeen', 'unknown'],
  [null, 'unknown'],
])('the state %s is answered with its class and the time of the reading', async (stateInstance, stateClass) => {
  const { asked, status, body } = await answerTo({ kind: 'state', stateInstance });

  expect(asked).toEqual([idInstance]);
  expect([status, body]).toEqual([200, { idInstance, stateInstance, stateClass, readAt: '2026-11-30T17:00:00.000Z' }]);
});

test.each([
  ['credential-rejected', 502, 'credential-rejected'],
  ['wrong-instance-or-host', 502, 'wrong-instance-or-host'],
  ['request-refused', 502, 'request-refused'],
  ['quota-exceeded', 502, 'quota-exceeded'],
  ['instance-expired', 409, 'instance-expired'],
  ['instance-deleted', 409, 'instance-deleted'],
  ['instance-starting', 503, 'instance-starting'],
  // GREEN-API says "starting or not authorized": nobody may take that for a logout.
  ['not-authorized', 503, 'unavailable'],
  ['unavailable', 503, 'unavailable'],
  ['rate-limited', 429, 'rate-limited'],
  ['timed-out', 504, 'timed-out'],
  ['unknown-instance', 404, 'unknown-instance'],
  ['credential-unreadable', 500, 'credential-unreadable'],
] as const)('a reading that ends as %s is the problem %i %s, and shows no state', async (kind, status, code) => {
  const answer = await answerTo({ kind, detail: 'it failed' } as StateAnswer);

  expect(answer).toMatchObject({ status, body: { code, idInstance, detail: expect.stringMatching(/^It failed\. /) } });
  expect(answer.body).not.toHaveProperty('stateInstance');
});

test('the function as it is deployed reads the state with the credential in the secret', async () => {
  await using setup = await startLogoutSetup();
  const lines: string[] = [];
  const variables = { ALLOWED_API_HOSTS: setup.greenApi.host };
  const handler = createStateHandler(composeState(variables, (line) => void lines.push(line), createShortWaits()));
  const before = Date.now();

  const { status, body } = parseAnswer(await handler(event, contextOf()));

  expect([status, body]).toMatchObject([200, { stateInstance: 'authorized', stateClass: 'linked' }]);
  expect(Date.parse(String(body.readAt))).toBeGreaterThanOrEqual(before);
  expect(setup.greenApi.calls).toMatchObject([{ method: 'getStateInstance' }]);
  expect(JSON.stringify([body, lines])).not.toContain(markerToken);
});
