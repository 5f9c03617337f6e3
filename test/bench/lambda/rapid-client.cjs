// Loaded by `node --require`: stands in for the native addon of AWS's runtime client. It takes its one invocation from a pipe, and
// tells another with each step how much time and CPU this process has used since its start.
const { readSync, writeSync } = require('node:fs');
const { registerHooks } = require('node:module');
const { pathToFileURL } = require('node:url');

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === './rapid-client.node'
      ? { url: pathToFileURL(__filename).href, format: 'commonjs', shortCircuit: true }
      : nextResolve(specifier, context),
});

const [invocations, steps] = [3, 4];

const say = (step) => {
  const { user, system } = process.cpuUsage();
  const rssMib = process.memoryUsage.rss() / 2 ** 20;
  writeSync(steps, `${JSON.stringify({ step, ms: performance.now(), cpuMs: (user + system) / 1_000, rssMib })}\n`);
};

exports.next = async () => {
  say('ready');
  const invocation = Buffer.alloc(65_536);
  return JSON.parse(invocation.toString('utf8', 0, readSync(invocations, invocation)));
};

exports.done = () => say('done');

exports.error = () => say('failed');
