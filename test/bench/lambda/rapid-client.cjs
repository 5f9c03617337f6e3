// Loaded by `node --require`: stands in for the native addon of AWS's runtime client, and says with each request how much
// time and CPU this process has used. It speaks to `runtime-api.ts`.
const http = require('node:http');
const { registerHooks } = require('node:module');
const { pathToFileURL } = require('node:url');

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === './rapid-client.node'
      ? { url: pathToFileURL(__filename).href, format: 'commonjs', shortCircuit: true }
      : nextResolve(specifier, context),
});

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');

const request = (method, path, body, headers) =>
  new Promise((resolve, reject) => {
    const sent = http.request({ host, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}`, headers });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ bodyJson: text, headers: response.headers }));
    });
    sent.end(body);
  });

const usage = () => {
  const { user, system } = process.cpuUsage();
  const at = performance.now();
  return { 'x-at-ms': at, 'x-cpu-ms': (user + system) / 1_000, 'x-rss-mib': process.memoryUsage.rss() / 2 ** 20 };
};

let atStart;

exports.next = async () => {
  const invocation = await request('GET', 'next', undefined, usage());
  atStart = usage();
  return invocation;
};

exports.done = (id, body) => {
  const now = usage();
  const used = {
    'x-wall-ms': now['x-at-ms'] - atStart['x-at-ms'],
    'x-used-cpu-ms': now['x-cpu-ms'] - atStart['x-cpu-ms'],
  };
  request('POST', `${id}/response`, body, { ...now, ...used }).catch(() => {});
};

exports.error = (id, body) => void request('POST', `${id}/error`, body).catch(() => {});
