import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { bundleOptions } from '../../infra/bundling/bundling.ts';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { certificate } from '../support/certificate.ts';
import { httpEventOf } from '../support/http-event.ts';
import { createCpuShare } from './cpu-share.ts';
import { coldStart } from './lambda/cold-start.ts';
import { median } from './median.ts';
import { table } from './tables.ts';

// How long Okta waits for the answer to a delivery that finds no function running: it gives up after 3 s.

const rounds = 7;
const memoryMb = 256;
/** How long each answer of Lambda and Secrets Manager takes here, in milliseconds: more than they usually take. */
const answerMs = 60;
const pageSize = 100;
const token = 'bench';
const tokenSha256 = [createHash('sha256').update(token).digest('hex')];

/** Lambda and Secrets Manager over HTTPS: a list of so many tagged secrets, no runs yet, and every run starts. */
const startAws = (instances: number) =>
  startLoopbackServer(
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      await sleep(answerMs);
      if (request.method === 'GET')
        return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      if (request.headers['x-amz-target'] === undefined) return void response.writeHead(202).end();
      const { NextToken = '0' } = JSON.parse(Buffer.concat(chunks).toString());
      const first = Number(NextToken);
      const last = Math.min(first + pageSize, instances);
      const SecretList = Array.from({ length: last - first }, (_, index) => ({
        Name: `green-api/${1_101_000_000 + first + index}`,
        Tags: [{ Key: 'owner', Value: `person${first + index}@example.com` }],
      }));
      const answer = { SecretList, ...(last < instances && { NextToken: String(last) }) };
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    },
    { tls: certificate },
  );

const leaver = (person: number) => ({
  uuid: `uuid-${person}`,
  published: new Date().toISOString(),
  eventType: 'user.lifecycle.deactivate',
  outcome: { result: 'SUCCESS' },
  target: [{ id: `00u${person}`, type: 'User', alternateId: `person${person}@example.com` }],
});

const deliveryOf = (leavers: number) =>
  httpEventOf({
    routeKey: 'POST /okta-event-hook',
    headers: { authorization: token },
    body: JSON.stringify({ data: { events: Array.from({ length: leavers }, (_, person) => leaver(person)) } }),
  });

const folder = mkdtempSync(join(tmpdir(), 'bench-hook-'));
await build({ ...bundleOptions('webhook'), outfile: join(folder, 'index.mjs') });
const share = createCpuShare();

const measure = async (leavers: number, instances: number) => {
  await using aws = await startAws(instances);
  const environment = {
    AWS_ENDPOINT_URL_LAMBDA: aws.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    NAMED_CALLERS: JSON.stringify({ okta: { kind: 'okta-event-hook', tokenSha256, maxPerHour: 50 } }),
  };
  const sums: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const onReady = (pid: number) => share?.hold(pid, memoryMb);
    const { init, firstCall } = await coldStart({ folder, environment, event: deliveryOf(leavers), onReady });
    sums.push(init + firstCall);
  }
  return [`${leavers}`, `${instances}`, `${Math.round(median(sums))}`, `${Math.round(Math.max(...sums))}`];
};

const cases = [
  [0, 100],
  [1, 100],
  [1, 1_000],
  [1, 3_000],
  [5, 1_000],
  [20, 100],
] as const;
const measured: string[][] = [];
for (const [leavers, instances] of cases) measured.push(await measure(leavers, instances));
share?.[Symbol.dispose]();
rmSync(folder, { recursive: true, force: true });

const report = `# A delivery of an Okta event hook that finds no function running

Written by \`npm run bench:hook\`. Okta waits 3,000 ms. Init and first call of a fresh process under AWS's runtime client, ${rounds} each, in
milliseconds, on this machine; the first call has ${share ? `the share of a core that ${memoryMb} MB give` : 'a whole core'}. Lambda and Secrets Manager take ${answerMs} ms for each answer.
What AWS takes to place a new environment is not in it.

${table(['leavers', 'instances', 'median', 'slowest'], measured)}
`;
writeFileSync(join(import.meta.dirname, 'EVENT-HOOK.md'), report);
process.stdout.write(report);
