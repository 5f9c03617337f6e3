// One process that calls a bundle's handler over and over, as an environment of Lambda's that is kept busy.
import https from 'node:https';
import { setTimeout } from 'node:timers/promises';

const { BUNDLE, MODE, CALLS, INSTANCES, GREEN_API_URL, GREEN_API_TOKEN } = process.env;
const calls = Number(CALLS);
const { handler } = await import(BUNDLE);

// This project keeps two calls for one instance 1.1 s apart, so each call is for another instance.
const ids = Array.from({ length: INSTANCES === 'one' ? 1 : calls }, (_, index) => `${1101000001 + index}`);
const idOf = (index) => ids[index % ids.length];

const eventOf = (idInstance) => ({
  version: '2.0',
  headers: { prefer: 'wait=0' },
  pathParameters: { idInstance },
  body: '{}',
  isBase64Encoded: false,
  requestContext: {
    requestId: 'JKJaXmPLvHcESHA=',
    authorizer: {
      iam: { userArn: 'arn:aws:sts::111122223333:assumed-role/Desk/night', userId: 'AROAEXAMPLEID:night' },
    },
  },
});
const context = { getRemainingTimeInMillis: () => 30_000 };

const callHandler = async (index) => {
  const { statusCode } = await handler(eventOf(idOf(index)), context);
  if (statusCode >= 300) throw new Error(`answered ${statusCode}`);
};

const agent = new https.Agent({ keepAlive: true });
const callBare = (index) =>
  new Promise((resolve, reject) => {
    const url = `${GREEN_API_URL}/waInstance${idOf(index)}/logout/${GREEN_API_TOKEN}`;
    const request = https.get(url, { agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks))));
    });
    request.on('error', reject);
  });

const timed = async (call, index) => {
  const start = performance.now();
  await call(index);
  return performance.now() - start;
};

/** The bare call and the handler in turn, so that both meet the same machine. */
const pairs = async () => {
  const differences = [];
  for (let index = 0; index < calls; index += 1) {
    const bareFirst = index % 2 === 0;
    const first = await timed(bareFirst ? callBare : callHandler, index);
    const second = await timed(bareFirst ? callHandler : callBare, index);
    differences.push(bareFirst ? second - first : first - second);
  }
  return { differences };
};

const inParallel = async (width, call) => {
  let next = 0;
  const lane = async () => {
    while (next < calls) await call(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
};

const parallel = async () => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await inParallel(100, callHandler);
  const { user, system } = process.cpuUsage(cpu);
  const elapsedMs = performance.now() - start;
  return { callsPerSecond: (calls / elapsedMs) * 1_000, cpuUsPerCall: (user + system) / calls };
};

// Secrets read, code compiled, connections open; then the parent sets the delay of its answers.
await inParallel(100, callHandler);
for (let index = 0; index < 500; index += 1) await callBare(index);
// Nobody is to wait for the second that lies between two calls for one instance.
await setTimeout(1_200);
process.send('warm');
process.once('message', async () => {
  const figures = MODE === 'pairs' ? await pairs() : await parallel();
  process.send({ ...figures, rssMib: process.memoryUsage.rss() / 2 ** 20 }, () => process.exit());
});
