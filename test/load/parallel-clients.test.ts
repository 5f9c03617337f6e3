import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FaultName } from '../../infra/local/green-api/faults.ts';
import { type Answered, type Asked, createClient } from './client.ts';
import { closestCalls } from './closest-calls.ts';
import { mebibytes, printFigures } from './figures.ts';
import { idsFrom, startFleet } from './fleet.ts';
import { peakMemoryOf } from './peak-memory.ts';
import { startServiceProcess } from './service-process.ts';
import { quantile, tally } from './tally.ts';

jest.setTimeout(150_000);

const clients = 200;
const durationMs = 60_000;
const instancesOfEach = 4;

/** What a logout may come to when faults that pass are strewn over all calls. */
const inPassing = ['logged-out', 'already-logged-out', 'rate-limited', 'unavailable', 'unconfirmed'];

/** What a lasting fault must be told as; those of the logout alone leave the readings, which may meet faults that pass. */
const lasting: readonly (readonly [fault: FaultName, ...told: string[]])[] = [
  ['logged-out-but-500', 'logged-out', 'unavailable'],
  ['logged-out-but-504', 'logged-out', 'unavailable'],
  ['logged-out-but-reset', 'logged-out', 'unavailable'],
  ['logged-out-but-hang', 'logged-out', 'timed-out'],
  ['still-authorized', 'unconfirmed'],
  ['is-logout-false', 'refused'],
  ['http-401-text', 'credential-rejected'],
  ['code-401', 'credential-rejected'],
  ['http-403-html', 'wrong-instance-or-host'],
  ['expired', 'instance-expired'],
  ['deleted', 'instance-deleted'],
  ['starting', 'instance-starting'],
  ['bad-request-data', 'request-refused'],
  ['http-429', 'rate-limited'],
  ['http-466', 'quota-exceeded'],
  ['http-500', 'unavailable'],
  ['null-answer', 'unavailable'],
  ['html-answer', 'unavailable'],
  ['not-utf8', 'unavailable'],
  ['hang', 'timed-out'],
  ['hang-in-body', 'timed-out'],
  ['reset', 'unavailable'],
  ['reset-in-body', 'unavailable'],
  ['header-flood', 'unavailable'],
  ['redirect', 'request-refused'],
];

const bystanders = idsFrom(1_105_000_000, 500);
const shared = idsFrom(1_104_000_000, 20);
const broken = idsFrom(1_103_000_000, clients);
const own = (client: number) => idsFrom(1_101_000_000 + client * instancesOfEach, instancesOfEach);
const unknown = '1109000000';

type Logout = { readonly client: number; readonly idInstance: string; readonly told: string; readonly tookMs: number };

const logoutOf = (idInstance: string, wait: number): Asked => ({
  method: 'POST',
  path: `/instances/${idInstance}/logout`,
  headers: { prefer: `wait=${wait}`, 'content-type': 'application/json' },
  body: '{"reason":"load"}',
});

/** The kind of outcome that an answer stands for. */
const toldBy = ({ status, body }: Answered): string => {
  if (status === 200) return body.alreadyLoggedOut ? 'already-logged-out' : 'logged-out';
  return String(body.code);
};

type Evidence = { readonly idInstance: string; readonly outcome: { readonly kind: string } };
const parseEvidence = (line: string): Evidence => JSON.parse(line);

test('200 clients at once for a minute, with faults on, are all told the truth', async () => {
  const owned = Array.from({ length: clients }, (_, client) => own(client)).flat();
  await using fleet = await startFleet({
    ids: [...bystanders, ...shared, ...broken, ...owned],
    greenApi: { transientFaults: { rate: 0.05, seed: 5 }, answerDelayMs: 20 },
    logoutDelayMs: 100,
  });
  const { greenApi } = fleet;
  const faultOf = (client: number) => lasting[client % lasting.length] ?? (['http-500', 'unavailable'] as const);
  for (const [client, id] of broken.entries()) greenApi.setFault(id, faultOf(client)[0]);

  const evidence: Evidence[] = [];
  await using service = await startServiceProcess({ ...fleet.variables, GREEN_API_TIMEOUT_MS: '1500' }, (line) => {
    if (line.includes('"message":"evidence"')) evidence.push(parseEvidence(line));
  });

  const logouts: Logout[] = [];
  const others: number[] = [];
  const wrong: string[] = [];
  const lost: string[] = [];
  const expectTold = (idInstance: string, { told }: Logout, allowed: readonly string[]) => {
    if (!allowed.includes(told)) wrong.push(`${idInstance} told ${told}, not ${allowed.join(' or ')}`);
  };

  const drive = async (client: number, until: number) => {
    const { ask, close } = createClient(service.url);
    const logOut = async (idInstance: string, wait: number): Promise<Logout> => {
      const answer = await ask(logoutOf(idInstance, wait));
      const logout = { client, idInstance, told: toldBy(answer), tookMs: answer.tookMs };
      logouts.push(logout);
      if (answer.body.idInstance !== idInstance) wrong.push(`${idInstance} was answered for ${answer.body.idInstance}`);
      if (answer.body.confirmed === true && greenApi.stateOf(idInstance) !== 'notAuthorized')
        wrong.push(`${idInstance} is said to be confirmed and is ${greenApi.stateOf(idInstance)}`);
      return logout;
    };
    const expectStatus = async (status: number, asked: Asked) => {
      const answer = await ask(asked);
      others.push(answer.tookMs);
      if (answer.status !== status) wrong.push(`${asked.path} answered ${answer.status}, not ${status}`);
      if (/[0-9]{50}/.test(answer.text)) wrong.push(`${asked.path} told a token`);
    };

    const brokenId = broken[client] ?? '';
    const sharedId = shared[client % shared.length] ?? '';
    const turns = [
      ...own(client).map((id) => async () => {
        greenApi.setState(id, 'authorized');
        expectTold(id, await logOut(id, 5), inPassing);
      }),
      async () => {
        greenApi.setState(brokenId, 'authorized');
        expectTold(brokenId, await logOut(brokenId, 1), faultOf(client).slice(1));
      },
      async () => expectTold(sharedId, await logOut(sharedId, 3), inPassing),
      async () => expectTold(unknown, await logOut(unknown, 1), ['unknown-instance']),
      () => expectStatus(400, { ...logoutOf(sharedId, 1), body: '{"reason":1}' }),
      () => expectStatus(200, { method: 'GET', path: '/instances?group=load' }),
    ];
    // Each client begins elsewhere, so that they do not go round in step.
    for (let turn = client; performance.now() < until; turn += 1) {
      try {
        await turns[turn % turns.length]?.();
      } catch (error) {
        lost.push(String(error));
      }
    }
    close();
  };

  const loopDelay = monitorEventLoopDelay({ resolution: 10 });
  loopDelay.enable();
  const until = performance.now() + durationMs;
  await Promise.all(Array.from({ length: clients }, (_, client) => drive(client, until)));
  loopDelay.disable();
  const peak = peakMemoryOf(service.pid);
  await service.stop();

  const heldUpMs = loopDelay.max / 1e6;
  const took = logouts.map(({ tookMs }) => tookMs);
  printFigures("The local service under 200 parallel clients for 60 s, 5 % of GREEN-API's answers failing", [
    {
      logouts: logouts.length,
      'other requests': others.length,
      'a second': ((logouts.length + others.length) / (durationMs / 1_000)).toFixed(0),
      'logout p50 ms': quantile(took, 0.5).toFixed(0),
      'p99 ms': quantile(took, 0.99).toFixed(0),
      'slowest ms': quantile(took, 1).toFixed(0),
      'wrong answers': wrong.length,
      'lost answers': lost.length,
      'evidence records': evidence.length,
      'calls to GREEN-API': greenApi.calls.length,
      violations: greenApi.violations,
      'closest two ms': closestCalls(greenApi.calls).toFixed(0),
      'held up ms': heldUpMs.toFixed(0),
      'peak RSS MiB': peak === undefined ? '–' : mebibytes(peak),
    },
  ]);
  printFigures(
    'What they were told',
    Object.entries(tally(logouts.map(({ told }) => told))).map(([told, times]) => ({ told, times })),
  );
  expect(wrong).toEqual([]);
  expect(lost).toEqual([]);
  // The door's own deadline, after 28 s, is for what nobody foresaw.
  expect(quantile(took, 1)).toBeLessThan(25_000);
  expect(tally(evidence.map(({ idInstance, outcome }) => `${idInstance} ${outcome.kind}`))).toEqual(
    tally(logouts.map(({ idInstance, told }) => `${idInstance} ${told}`)),
  );
  expect(bystanders.filter((id) => greenApi.callsOf(id).length > 0 || greenApi.stateOf(id) !== 'authorized')).toEqual(
    [],
  );
  // A request may have waited to be read for as long as this process was held up.
  expect(closestCalls(greenApi.calls) + heldUpMs).toBeGreaterThanOrEqual(1_000);
});
