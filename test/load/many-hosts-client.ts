/** Logs instances out and reads their states with the real GREEN-API client, and prints how often each kind of answer came. */
import { createGreenApi } from '../../functions/green-api/client.ts';
import type { Credential } from '../../functions/green-api/credential.ts';
import { createSendGet } from '../../functions/green-api/exchange.ts';
import type { InstanceId } from '../../functions/green-api/instance-id.ts';
import { createRateLimiter } from '../../functions/green-api/rate-limiter.ts';
import { deadlineIn } from '../../functions/platform/deadline.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import { idsFrom } from './fleet.ts';

const parseHosts = (text = ''): readonly string[] => JSON.parse(text);

/** The number of calls that four batches of a run have in flight. */
const concurrency = 200;

const hosts = parseHosts(process.argv[2]);
const greenApi = createGreenApi({ sendGet: createSendGet({ timeoutMs: 20_000 }), createRateLimiter });
const kinds = new Map<string, number>();
const count = (answer: { readonly kind: string; readonly detail?: string }) => {
  const key = 'detail' in answer ? `${answer.kind}: ${answer.detail}` : answer.kind;
  kinds.set(key, (kinds.get(key) ?? 0) + 1);
};

const first = 1_101_000_000;
const instances = 3_000;

await inParallel(concurrency, idsFrom(first, instances), async (id) => {
  // Instances of one GREEN-API host have consecutive ids, so a run finishes one host before the next.
  const apiUrl = hosts[Math.floor(((Number(id) - first) / instances) * hosts.length)] as Credential['apiUrl'];
  const instance = {
    idInstance: id as InstanceId,
    credential: { apiUrl, apiTokenInstance: 'f'.repeat(50) as Credential['apiTokenInstance'] },
  };
  count(await greenApi.logout(instance, deadlineIn(30_000)));
  count(await greenApi.readState(instance, deadlineIn(30_000)));
});
console.log(JSON.stringify(Object.fromEntries(kinds)));
process.exit();
