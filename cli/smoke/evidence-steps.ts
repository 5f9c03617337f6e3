import { setTimeout as sleep } from 'node:timers/promises';
import { chooseSource } from '../evidence/choose-source.ts';
import { type EvidenceRecord, type EvidenceSource, parseRecord } from '../evidence/evidence-source.ts';
import { failed, notTried, ok, type Seen, type Smoke, type Step } from './step.ts';

/** CloudWatch Logs shows a line within seconds; the vault gets it in a batch after that. In milliseconds. */
const longestMs = { evidence: 60_000, vault: 180_000 } as const;
const pollMs = 2_000;

const find = async (
  source: EvidenceSource,
  { reason, startedAt, instance }: Smoke,
): Promise<EvidenceRecord | undefined> => {
  for await (const line of source.lines({ since: startedAt, idInstance: instance })) {
    const record = parseRecord(line);
    if (record?.reason === reason && record.idInstance === instance) return record;
  }
  return undefined;
};

const waitFor = async (source: EvidenceSource, smoke: Smoke, withinMs: number): Promise<Seen> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const record = await find(source, smoke);
    if (record !== undefined)
      return (record.outcome.confirmed ? ok : failed)(
        `${record.outcome.kind} of ${record.idInstance}, requested by ${record.requestedBy} at ${record.requestedAt}`,
      );
    if (performance.now() >= end) return failed(`no record of this logout within ${withinMs / 1_000} s`);
    await sleep(pollMs);
  }
};

const noLogout = notTried('no test instance was logged out');

const evidenceStep: Step = {
  name: 'evidence',
  expected: 'a record of the logout, confirmed',
  run: async (smoke) => {
    const { session, file } = smoke;
    if (!smoke.isLoggedOut) return noLogout;
    if (file === undefined && session.options.stack === undefined && session.options.url?.startsWith('https:'))
      return notTried('the log group is named by the stack: give --stack');
    return waitFor(await chooseSource(session, file === undefined ? {} : { file }), smoke, longestMs.evidence);
  },
};

const vaultStep: Step = {
  name: 'evidence vault',
  expected: 'an object with the record, under Object Lock as the stack promises',
  run: async (smoke) => {
    const { session } = smoke;
    if (session.options.stack === undefined) return notTried('the vault is named by the stack: give --stack');
    if (!(await session.outputs()).find('EvidenceVault')) return notTried('the stack has no evidence vault');
    if (!smoke.isLoggedOut) return noLogout;
    const source = await chooseSource(session, { vault: true });
    const seen = await waitFor(source, smoke, longestMs.vault);
    const lock = (await source.describe()) ?? '';
    const isAsPromised = lock.endsWith('as the vault promises.');
    return { result: isAsPromised ? seen.result : 'failed', seen: `${seen.seen}. ${lock}` };
  },
};

export const evidenceSteps: readonly Step[] = [evidenceStep, vaultStep];
