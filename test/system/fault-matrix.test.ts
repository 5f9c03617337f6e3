import { inspect } from 'node:util';
import { markerToken } from '../support/logout-setup.ts';
import { driveAllFaults } from '../support/system/all-faults.ts';
import { brokenHostNames } from '../support/system/broken-hosts.ts';
import { endingOf, functionTextOf, runTextOf } from '../support/system/cell-texts.ts';
import { evidenceIn, type Proof } from '../support/system/evidence.ts';
import { type FaultSetup, startFaultSetup } from '../support/system/fault-setup.ts';
import type { Fault, FunctionCell, RunCell } from '../support/system/green-api-cells.ts';
import { greenApiRows, hostRows } from '../support/system/green-api-rows.ts';
import { malformedSecrets } from '../support/system/malformed-secrets.ts';
import { reason } from '../support/system/requests.ts';
import type { SecretFault } from '../support/system/secret-faults.ts';
import type { MalformedCells, SecretCell } from '../support/system/secrets-cells.ts';
import { secretRows } from '../support/system/secrets-rows.ts';
import { isWholeMatrix, selectedFaults } from '../support/system/selected-faults.ts';
import { createTokenSearch } from '../support/system/token-search.ts';

// Every fault at every function. One fault alone: FAULT=http-404 npx jest test/system/fault-matrix.test.ts

let setup: FaultSetup;
let functionCells: readonly FunctionCell[];
let runCells: readonly RunCell[];
let secretCells: ReadonlyMap<SecretFault, SecretCell>;
let malformed: MalformedCells;
let proofs: ReadonlyMap<string, readonly Proof[]>;

beforeAll(async () => {
  setup = await startFaultSetup();
  ({ logouts: functionCells, runs: runCells, secrets: secretCells, malformed } = await driveAllFaults(setup));
  await setup.functions.end();
  proofs = evidenceIn(setup.output());
});

afterAll(() => setup?.[Symbol.asyncDispose]());

const printed = (value: unknown): string =>
  inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null });

const proofOf = (idInstance: string): Proof => {
  const [proof, ...more] = proofs.get(idInstance) ?? [];
  if (proof === undefined || more.length > 0) throw new Error(`${idInstance} left ${more.length} records too many`);
  return proof;
};

const functionColumnTextOf = ({ answer, idInstance }: FunctionCell): string => {
  const { attempts, readings } = proofOf(idInstance);
  return functionTextOf(answer, attempts, readings.length);
};

const runColumnTextOf = ({ column, outcome }: RunCell): string | undefined => {
  if (column !== 'runQueue') return outcome && runTextOf(outcome);
  const queue = outcome?.queueCleared ? 'cleared' : 'not cleared';
  // A failure to clear the queue does not change the outcome of the logout.
  return outcome?.kind === 'logged-out' && outcome.attempts === 1 ? queue : outcome?.kind;
};

/** The result of a fault, as text that the expected rows use. */
const rowOf = (fault: Fault) =>
  Object.fromEntries([
    ...functionCells.filter((cell) => cell.fault === fault).map((cell) => [cell.column, functionColumnTextOf(cell)]),
    ...runCells.filter((cell) => cell.fault === fault).map((cell) => [cell.column, runColumnTextOf(cell)]),
  ]);

for (const fault of selectedFaults.greenApi)
  test(`GREEN-API: ${fault}`, () => {
    expect(rowOf(fault)).toEqual(greenApiRows[fault]);
  });

for (const host of selectedFaults.hosts)
  test(`the network: ${host}`, () => {
    const { unwaited, every, runEvery } = hostRows[host];
    expect(rowOf(host)).toEqual({ unwaited, every, runEvery });
  });

const callsText = ({ answer, calls }: SecretCell['reread']): string =>
  answer.body.code === 'timed-out' ? 'calls: until the deadline' : `calls: ${calls}`;

for (const name of selectedFaults.secretsManager)
  test(`Secrets Manager: ${name}`, () => {
    const { read, reread, list, ...runs } = secretCells.get(name) ?? {};
    const runTexts = Object.entries(runs).map(([column, { run, idInstance }]) => {
      const outcome = run.outcomeOf(idInstance);
      return [column, outcome === undefined ? run.ending : runTextOf(outcome)];
    });

    expect({
      read: read && `${endingOf(read.answer)}, calls: ${read.calls}`,
      reread: reread && `${endingOf(reread.answer)}, ${callsText(reread)}`,
      list: list && `${[list.answer.status, list.answer.body.code].join(' ').trim()}, calls: ${list.calls}`,
      ...Object.fromEntries(runTexts),
    }).toEqual(secretRows[name]);
  });

for (const [at, name] of selectedFaults.malformed.entries())
  test(`a malformed secret: ${name}`, () => {
    const { idInstance, answer } = malformed.answers[at] ?? { idInstance: '', answer: undefined };

    expect(answer).toMatchObject({ status: 500, body: { code: 'credential-unreadable' } });
    expect(answer?.body.detail).toContain(`ecret green-api/${idInstance}: ${malformedSecrets[name].problem}`);
    expect(proofOf(idInstance).outcome.kind).toBe('credential-unreadable');
    expect(malformed.outcomes[at]?.outcome).toMatchObject({ kind: 'credential-unreadable', attempts: 0 });
  });

(isWholeMatrix ? describe : describe.skip)('in the whole matrix', () => {
  test('a confirmed outcome has a last reading of notAuthorized, and the instance is logged out', () => {
    const cells = [...functionCells, ...runCells];
    const confirmed = cells.filter(({ idInstance }) => proofOf(idInstance).outcome.confirmed);
    const isForged = ({ fault }: { readonly fault: Fault }) => fault === 'state-not-authorized';

    expect(confirmed.length).toBeGreaterThan(50);
    for (const { idInstance } of confirmed) {
      expect(proofOf(idInstance).readings.at(-1)).toMatchObject({ stateInstance: 'notAuthorized' });
    }
    const states = confirmed
      .filter((cell) => !isForged(cell))
      .map(({ idInstance }) => setup.greenApi.stateOf(idInstance));
    expect(new Set(states)).toEqual(new Set(['notAuthorized']));
  });

  test('a success is unconfirmed only if the caller did not wait', () => {
    const succeeded = functionCells.filter(({ answer }) => answer.status < 400);
    const unconfirmed = succeeded.filter(({ answer }) => answer.body.confirmed !== true);

    expect(succeeded.length).toBeGreaterThan(unconfirmed.length);
    expect(new Set(unconfirmed.map(({ answer, column }) => `${answer.status} ${column}`))).toEqual(
      new Set(['202 unwaited']),
    );
  });

  test('the answer, the evidence, the metrics and the event agree', () => {
    const events = Map.groupBy(setup.events, ({ detail }) => String(detail.idInstance));
    for (const { idInstance, answer } of functionCells) {
      const { outcome, confirmed, failed, requestedBy } = proofOf(idInstance);
      const isUnwaited = answer.status === 202;
      // A slow bus may get an event twice. If it gets none, a log line reports it.
      const types = new Set((events.get(idInstance) ?? []).map((event) => event['detail-type']));
      const isLost = setup
        .output()
        .some((line) => line.includes('outcome event not sent') && line.includes(idInstance));

      expect(endingOf(answer)).toBe(`${answer.status} ${outcome.kind}`);
      expect([confirmed, failed]).toEqual([Number(answer.status === 200), Number(answer.status >= 400)]);
      expect(requestedBy).toContain('SecurityDesk');
      if (!isLost)
        expect([...types]).toEqual(isUnwaited ? [] : [failed ? 'Instance Logout Failed' : 'Instance Logged Out']);
    }
  });

  test('the evidence counts the logouts that were sent', () => {
    const cells = [...functionCells, ...runCells].filter(
      ({ fault }) => !brokenHostNames.some((host) => host === fault),
    );
    for (const { idInstance } of cells) {
      expect(proofOf(idInstance).attempts).toBe(setup.greenApi.callsOf(idInstance, 'logout').length);
    }
  });

  test('an accepted logout is sent again only if the state stays authorized, and never a third time', () => {
    const staysAuthorized = ({ fault }: RunCell) => fault === 'still-authorized' || fault === 'state-authorized';
    const accepted = runCells.filter((cell) => cell.column === 'runReading' || staysAuthorized(cell));
    const isReported = ({ fault, column }: RunCell) => fault === 'state-authorized' || column !== 'runReading';
    const again = accepted.filter(
      (cell) => staysAuthorized(cell) && isReported(cell) && cell.outcome?.kind === 'unconfirmed',
    );

    expect(again.map(({ outcome }) => outcome?.attempts)).toEqual([2, 2, 2, 2]);
    for (const { outcome } of accepted.filter((cell) => !again.includes(cell) && cell.column === 'runReading'))
      expect(outcome?.attempts).toBe(1);
  });

  test('a host with an untrusted certificate gets no request, and so no token', () => {
    expect(setup.hosts.requestsAt('echoes the path with 200')).toBeGreaterThan(0);
    expect(setup.hosts.requestsAt('self-signed certificate')).toBe(0);
  });

  test('no error is unexpected, and no line holds a token', () => {
    const suspicious = setup.output().filter((line) => line.includes('unexpected error') || line.includes(markerToken));

    expect(suspicious).toEqual([]);
  });

  /** What leaves, by the way it goes, and a word that must be there: else there was nothing to search. */
  const exits: readonly (readonly [string, readonly string[], () => string])[] = [
    [
      'responses of functions',
      ['credential-unreadable'],
      () =>
        printed([
          functionCells,
          malformed,
          [...secretCells.values()].map(({ read, reread, list }) => [read, reread, list]),
        ]),
    ],
    [
      'results of runs',
      ['wrong-instance-or-host'],
      () =>
        printed([
          runCells,
          [...secretCells.values()].map(({ runRead, runTags, runList }) => [runRead, runTags, runList]),
        ]),
    ],
    ['stdout and stderr, evidence and metrics in it', [reason, '"timeToLogoutMs"'], () => setup.output().join('\n')],
    ['outcome events', [reason], () => printed(setup.events)],
  ];

  test.each(exits)('no token in %s, in no encoding', (_exit, words, textOf) => {
    const text = textOf();

    expect(createTokenSearch(markerToken)(text)).toEqual([]);
    for (const word of words) expect(text).toContain(word);
  });
});
