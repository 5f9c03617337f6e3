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
  // `performance` would load a part of Node that a bundle may do without.
  const ms = process.uptime() * 1_000;
  writeSync(steps, `${JSON.stringify({ step, ms, cpuMs: (user + system) / 1_000, rssMib })}\n`);
};

const take = () => {
  const line = Buffer.alloc(16_384);
  return JSON.parse(line.toString('utf8', 0, readSync(invocations, line)));
};

// What this file does for the first time is no part of what is measured.
say('started');
take();

exports.next = async () => {
  say('ready');
  const invocation = take();
  // This process stood still meanwhile.
  say('called');
  return invocation;
};

exports.done = () => say('done');

exports.error = () => say('failed');
