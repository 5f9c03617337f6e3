// Loaded by `node --require` into the process of a run: counts its checkpoints in a file, across processes, and kills this one
// right before, or right after, the one that the environment names.
const { subscribe } = require('node:diagnostics_channel');
const { appendFileSync, statSync } = require('node:fs');

const { CHECKPOINT_COUNT: file, KILL_MOMENT: moment, KILL_AT: killAt } = process.env;
const channel = moment === 'before' ? 'http.client.request.created' : 'http.client.response.finish';

subscribe(channel, ({ request }) => {
  if (!request.path.endsWith('/checkpoint')) return;
  appendFileSync(file, '.');
  if (statSync(file).size === Number(killAt)) process.kill(process.pid, 'SIGKILL');
});
