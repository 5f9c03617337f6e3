import { gzipSync } from 'node:zlib';
import { composeEvidenceVault, createEvidenceVaultHandler } from '../../functions/evidence-vault.ts';
import { createStoreEvidence } from '../../functions/logout/store-evidence.ts';
import { contextOf } from '../support/http-event.ts';
import { startS3 } from '../support/s3-double.ts';

const eventOf = (data: unknown) => ({
  awslogs: { data: gzipSync(typeof data === 'string' ? data : JSON.stringify(data)).toString('base64') },
});

const record = (idInstance: string) => JSON.stringify({ message: 'evidence', version: 1, idInstance });

/** Two records, as CloudWatch Logs delivers them. */
const batch = {
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: 'evidence',
  logStream: '2026/11/24/[$LATEST]0123',
  subscriptionFilters: ['EvidenceVault'],
  logEvents: [
    { id: '36001', timestamp: Date.parse('2026-11-24T23:59:59.900Z'), message: `${record('1101000001')}\n` },
    { id: '36002', timestamp: Date.parse('2026-11-25T00:00:00.100Z'), message: record('1101000002') },
  ],
};

const start = async (...failures: { readonly code: string; readonly status: number }[]) => {
  const s3 = await startS3(failures);
  // The SDK reads these itself.
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const lines: string[] = [];
  const handler = createEvidenceVaultHandler(
    composeEvidenceVault({ EVIDENCE_BUCKET: 'vault' }, (line) => void lines.push(line)),
  );
  return {
    objects: s3.objects,
    store: (data: unknown) => handler(eventOf(data), contextOf()),
    logged: () => lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
    [Symbol.asyncDispose]: s3[Symbol.asyncDispose],
  };
};

/** The last part is the beginning of the SHA-256 of the ids, one per line. */
const key = '/vault/evidence/day=2026-11-24/36001-36002-4f7e40780dfcdd23.jsonl';
const lines = `${record('1101000001')}\n${record('1101000002')}\n`;

test('stores the records of a batch unchanged, one per line, under the day of the first', async () => {
  await using vault = await start();

  await vault.store(batch);

  expect([...vault.objects]).toEqual([[key, lines]]);
  expect(vault.logged()).toEqual([
    expect.objectContaining({ level: 'INFO', message: 'evidence stored', key: key.replace('/vault/', ''), records: 2 }),
  ]);
});

test('a batch that is delivered again changes nothing', async () => {
  await using vault = await start();
  await vault.store(batch);

  await vault.store({ ...batch, logEvents: batch.logEvents.map((event) => ({ ...event, message: record('forged') })) });

  expect([...vault.objects]).toEqual([[key, lines]]);
});

test('batches that begin and end alike are kept beside each other', async () => {
  await using vault = await start();
  const [first, last] = batch.logEvents;
  const between = { id: '36001-5', timestamp: Date.parse('2026-11-25T00:00:00.000Z'), message: record('1101000003') };

  await vault.store(batch);
  await vault.store({ ...batch, logEvents: [first, between, last] });

  expect([...vault.objects.keys()]).toEqual([key, expect.stringMatching(/36001-36002-[0-9a-f]{16}\.jsonl$/)]);
  expect(new Set(vault.objects.keys()).size).toBe(2);
});

test('stores the record of the end of a run too', async () => {
  await using vault = await start();
  const ended = JSON.stringify({ message: 'run', version: 1, id: 'api-0123', status: 'SUCCEEDED' });

  await vault.store({ ...batch, logEvents: [{ id: '36003', timestamp: 0, message: ended }] });

  expect([...vault.objects.values()]).toEqual([`${ended}\n`]);
});

test.each([
  ['a line of the runtime', 'START RequestId: 5f1f0d5e-0000-0000-0000-000000000000 Version: 7'],
  ['another line of the function', '{"level":"INFO","message":"targets resolved"}'],
  ['no object', '"evidence"'],
])('%s is not stored, whatever the subscription delivers', async (_name, message) => {
  await using vault = await start();

  await vault.store({ ...batch, logEvents: [...batch.logEvents, { id: '36003', timestamp: 0, message }] });
  await vault.store({ ...batch, logEvents: [{ id: '36003', timestamp: 0, message }] });

  expect([...vault.objects]).toEqual([[key, lines]]);
  const warning = { level: 'WARN', message: 'lines that are no evidence', lines: 1 };
  expect(vault.logged()).toMatchObject([warning, { message: 'evidence stored', records: 2 }, warning]);
});

test('a transient failure is retried', async () => {
  await using vault = await start({ code: 'SlowDown', status: 503 }, { code: 'InternalError', status: 500 });

  await vault.store(batch);

  expect(vault.objects.size).toBe(1);
});

test('a permanent failure is passed to Lambda, which keeps the message', async () => {
  await using vault = await start({ code: 'AccessDenied', status: 403 });

  await expect(vault.store(batch)).rejects.toThrow('AccessDenied');

  expect(vault.logged()).toEqual([
    expect.objectContaining({ level: 'ERROR', message: 'evidence not stored', error: 'AccessDenied' }),
  ]);
});

test('the test message of the subscription stores nothing, and is no problem', async () => {
  await using vault = await start();

  await vault.store({ ...batch, messageType: 'CONTROL_MESSAGE' });

  expect([vault.objects.size, vault.logged()]).toEqual([0, []]);
});

test.each([
  ['no JSON', '{', 'the message'],
  ['no records', { ...batch, logEvents: [] }, 'logEvents'],
  ['a record without an id', { ...batch, logEvents: [{ timestamp: 0, message: '' }] }, 'logEvents.0.id'],
  ['another type', { ...batch, messageType: 'OTHER' }, 'messageType'],
])('refuses a message with %s, and says what is wrong', async (_name, data, place) => {
  await using vault = await start();

  await expect(vault.store(data)).rejects.toThrow(`${place} is not as documented`);
});

test('a batch without records is an error, and no object', async () => {
  const send = jest.fn();

  await expect(createStoreEvidence({ client: { send }, bucket: () => 'vault' })([])).rejects.toThrow(
    'a batch has at least one record',
  );

  expect(send).not.toHaveBeenCalled();
});

test('stores nothing without the name of a bucket', async () => {
  const handler = createEvidenceVaultHandler(composeEvidenceVault({}, () => {}));

  await expect(handler(eventOf(batch), contextOf())).rejects.toThrow('EVIDENCE_BUCKET must be the name of a bucket');
});
