/**
 * Runs the built command line once per message, each time as if in a new process: with its own arguments, variables and
 * streams. Node and the modules have been started and loaded.
 */
import { flushCompileCache } from 'node:module';
import { Readable, Writable } from 'node:stream';

const [, , file] = process.argv;
const { href } = new URL(`file://${file}`);

const collect = () => {
  const chunks = [];
  const stream = new Writable({
    write: (chunk, _encoding, written) => {
      chunks.push(chunk);
      written();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
};

const setVariables = (env) => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
};

let end = () => {};
let stderr = collect();
process.exit = (code) => end(code ?? process.exitCode);
process.on('warning', ({ name, message }) => stderr.stream.write(`${name}: ${message}\n`));
process.on('uncaughtException', (error) => {
  stderr.stream.write(`${error.stack}\n`);
  end(1);
});

let runs = 0;
const run = async ({ args, input, env }) => {
  setVariables(env);
  const stdout = collect();
  stderr = collect();
  process.argv = [process.execPath, file, ...args];
  Object.defineProperties(process, {
    stdin: { value: Readable.from(input === '' ? [] : [Buffer.from(input)]), configurable: true },
    stdout: { value: stdout.stream, configurable: true },
    stderr: { value: stderr.stream, configurable: true },
  });
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  runs += 1;
  // A new query evaluates the entry again.
  import(`${href}?run=${runs}`).catch((error) => process.emit('uncaughtException', error));
  const code = await ended;
  return { code, stdout: stdout.text(), stderr: stderr.text() };
};

process.on('message', async (message) => {
  process.send(await run(message));
  // It will be killed.
  flushCompileCache();
});
