// Loaded by `node --require`: stands in for the native part of AWS's runtime client, which is a C++ client of the Runtime API
// and needs cmake and make to build. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
const http = require('node:http');
const { registerHooks } = require('node:module');
const { pathToFileURL } = require('node:url');

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === './rapid-client.node'
      ? { url: pathToFileURL(__filename).href, format: 'commonjs', shortCircuit: true }
      : nextResolve(specifier, context),
});

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
// One connection: an answer is sent before the next invocation is requested.
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const request = (method, path, body) =>
  new Promise((resolve, reject) => {
    const sent = http.request({ host, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}` });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let bodyJson = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        bodyJson += chunk;
      });
      response.on('end', () => resolve({ bodyJson, headers: response.headers }));
    });
    sent.end(body);
  });

// Without the Runtime API the process has nothing to do.
const post = (path, body) => void request('POST', path, body).catch(() => process.exit(1));

exports.next = () => request('GET', 'next');
exports.done = (id, body) => post(`${id}/response`, body);
exports.error = (id, body) => post(`${id}/error`, body);
