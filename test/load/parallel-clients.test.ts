import { mebibytes, printFigures } from './figures.ts';
import { startFleetSecrets } from './fleet.ts';
import { bystanders, everyId, parts } from './parallel/cast.ts';
import { driveClient, type Urls } from './parallel/drive-client.ts';
import { createFindings } from './parallel/findings.ts';
import { createGreenApiControl } from './parallel/green-api-control.ts';
import { peakMemoryOf } from './peak-memory.ts';
import { startServiceProcess } from './service-process.ts';
import { startGreenApiProcess } from './start-green-api-process.ts';
import { quantile, tally } from './tally.ts';

jest.setTimeout(150_000);

const durationMs = 60_000;

type Evidence = { readonly idInstance: string; readonly outcome: { readonly kind: string } };
const parseEvidence = (line: string): Evidence => JSON.parse(line);

const setFaults = async (greenApiUrl: string) => {
  using control = createGreenApiControl(greenApiUrl);
  for (const { broken, fault } of parts) await control.setFault(broken, fault);
};

const driveAll = async (urls: Urls) => {
  const findings = createFindings();
  const until = performance.now() + durationMs;
  await Promise.all(parts.map((part, client) => driveClient(urls, part, client, until, findings)));
  return findings;
};

test('200 clients in parallel for a minute, with faults on, get only correct answers', async () => {
  await using greenApi = await startGreenApiProcess({
    ids: everyId,
    greenApi: { transientFaults: { rate: 0.05, seed: 5 }, answerDelayMs: 20 },
    logoutDelayMs: 100,
  });
  await using secrets = await startFleetSecrets(everyId, greenApi.apiUrl);
  await setFaults(greenApi.apiUrl);
  const evidence: Evidence[] = [];
  await using service = await startServiceProcess({ ...secrets.variables, GREEN_API_TIMEOUT_MS: '1500' }, (line) => {
    if (line.includes('"message":"evidence"')) evidence.push(parseEvidence(line));
  });

  const { logouts, others, wrong, lost } = await driveAll({
    service: service.url,
    startToken: service.startToken,
    greenApi: greenApi.apiUrl,
  });

  const peak = peakMemoryOf(service.pid);
  await service.stop();
  const seen = await greenApi.seen();
  const took = logouts.map(({ tookMs }) => tookMs);
  printFigures("The local service under 200 parallel clients for 60 s, 5 % of GREEN-API's answers failing", [
    {
      logouts: logouts.length,
      'other requests': others,
      'logout p50 ms': quantile(took, 0.5).toFixed(0),
      'p99 ms': quantile(took, 0.99).toFixed(0),
      'slowest ms': quantile(took, 1).toFixed(0),
      'wrong answers': wrong.length,
      'lost answers': lost.length,
      'evidence records': evidence.length,
      'calls to GREEN-API': seen.calls,
      violations: seen.violations,
      'closest two ms': seen.closestMs.toFixed(0),
      'held up ms': seen.heldUpMs.toFixed(0),
      'peak RSS MiB': peak === undefined ? '–' : mebibytes(peak),
    },
  ]);
  printFigures(
    'Outcomes of the logouts',
    Object.entries(tally(logouts.map(({ outcome }) => outcome))).map(([outcome, times]) => ({ outcome, times })),
  );
  expect(wrong).toEqual([]);
  expect(lost).toEqual([]);
  // The function's own deadline, after 28 s, is a last resort that no logout may reach.
  expect(quantile(took, 1)).toBeLessThan(25_000);
  expect(tally(evidence.map(({ idInstance, outcome }) => `${idInstance} ${outcome.kind}`))).toEqual(
    tally(logouts.map(({ idInstance, outcome }) => `${idInstance} ${outcome}`)),
  );
  expect(bystanders.filter((id) => seen.called.includes(id))).toEqual([]);
  // The emulator may record a request late, by as long as its process was blocked.
  expect(seen.closestMs + seen.heldUpMs).toBeGreaterThanOrEqual(1_000);
});
