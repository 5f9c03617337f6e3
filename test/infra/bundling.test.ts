import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startGreenApi } from '../../emulators/green-api/emulator.ts';
import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import { bundleOptions, functionNames, root } from '../../infra/bundling/bundling.ts';
import { distFolder } from '../../infra/bundling/dist-folder.ts';
import { howToBuild } from '../../infra/bundling/how-to-build.ts';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { awsVariables } from '../support/aws-environment.ts';
import { httpEventOf } from '../support/http-event.ts';

const bundleOf = (functionName: string) => join(distFolder, functionName, 'index.mjs');

/** Parts of Node that no function needs: each would take 0.6 to 30 ms of a cold start. */
const heavyParts = /undici|webstreams|fs\/streams|http2|perf_hooks/;

/** Loads a bundle in a process of its own, as Lambda does. */
const runBundle = async (functionName: string, script: string, variables: Readonly<Record<string, string>> = {}) => {
  const prepared = `
    const functionName = await import(${JSON.stringify(bundleOf(functionName))});
    const heavy = () => process.moduleLoadList.filter((name) => ${heavyParts}.test(name));
    // However slow the machine is, what init began has ended when there is nothing left to wait for.
    process.once('beforeExit', async () => {
      ${script}
      process.exit();
    });
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', prepared], {
    env: variables,
  });
  return stdout.trim().split('\n').at(-1);
};

test.each(['infra/constructs', 'cli/commands', 'dist/cli/chunks'])(
  'in a clone, what is missing is built, also for code in %s',
  (folder) => {
    expect(howToBuild(join(root, folder))).toBe('Run: npm run build');
  },
);

test('each file directly in functions/ is a function', () => {
  expect(functionNames).toEqual(expect.arrayContaining(['logout', 'instances']));
});

test.each(functionNames)('%s imports nothing: the bundle brings all but Node itself', (functionName) => {
  const statements = readFileSync(bundleOf(functionName), 'utf8').match(
    /(?:^|[;}])import[\s{*"'][^;]*?["'][^"']+["']/g,
  );

  expect(statements).toBeNull();
});

const loaded = new Map<string, ReturnType<typeof runBundle>>();

/** What a bundle exports, and the heavy parts of Node that it loads: one process says both. */
const loadBundle = async (functionName: string) => {
  const script = 'console.log(JSON.stringify([Object.keys(functionName), typeof functionName.handler, heavy()]));';
  const output = loaded.get(functionName) ?? runBundle(functionName, script);
  loaded.set(functionName, output);
  const [names, handler, heavy] = JSON.parse((await output) ?? '');
  return { names, handler, heavy };
};

test.each(functionNames)('%s exports its handler and nothing else', async (functionName) => {
  const { names, handler } = await loadBundle(functionName);

  expect([names, handler]).toEqual([['handler'], 'function']);
});

/** Nobody waits for the vault, and the client of S3 is made for streams. */
const fastFunctions = functionNames.filter((name) => name !== 'evidence-vault');

test.each(fastFunctions)('%s loads without the heavy parts of Node', async (functionName) => {
  const { heavy } = await loadBundle(functionName);

  expect(heavy).toEqual([]);
});

test('a bundle is one minified ES module for the runtime that is deployed', () => {
  expect(bundleOptions('logout')).toMatchObject({ format: 'esm', target: 'node24', bundle: true, minify: true });
});

const apiTokenInstance = '0123456789abcdef'.repeat(4).slice(0, 50);

/** Emulators with two instances, and the variables that lead a bundle to them. */
const startSetup = async () => {
  const ids = ['1101000001', '1101000002'];
  const greenApi = await startGreenApi({
    instances: ids.map((idInstance) => ({ idInstance, apiTokenInstance, logoutDelayMs: 0 })),
  });
  const secretString = JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance });
  const secretsManager = await startSecretsManager({
    secrets: ids.map((id) => ({ name: `green-api/${id}`, secretString })),
  });
  return {
    greenApi,
    secretsManager,
    variables: {
      ALLOWED_API_HOSTS: greenApi.host,
      ...awsVariables({ secretsManager: secretsManager.url }),
    },
    [Symbol.asyncDispose]: async () => {
      await greenApi.close();
      await secretsManager.close();
    },
  };
};

const event = JSON.stringify(httpEventOf({ pathParameters: { idInstance: '1101000001' } }));
const logOutOnce = `console.log((await functionName.handler(${event}, {})).statusCode, heavy());`;

test('a logout does not load them either', async () => {
  await using setup = await startSetup();

  const output = await runBundle('logout', logOutOnce, setup.variables);

  expect(output).toBe('200 []');
});

test('a logout does not create the streams of stdout and stderr', async () => {
  await using setup = await startSetup();
  const script = `
    const created = [];
    for (const name of ['stdout', 'stderr']) {
      const { get } = Object.getOwnPropertyDescriptor(process, name);
      Object.defineProperty(process, name, { get: () => created.push(name) && get.call(process) });
    }
    const { statusCode } = await functionName.handler(${event}, {});
    console.log(JSON.stringify([statusCode, ...created]));
  `;

  const output = await runBundle('logout', script, setup.variables);

  expect(output).toBe('[200]');
});

test('an answer of Secrets Manager that breaks off is requested again', async () => {
  await using setup = await startSetup();
  const secretString = JSON.stringify({ apiUrl: setup.greenApi.apiUrl, apiTokenInstance });
  const answer = JSON.stringify({ SecretString: secretString });
  let requests = 0;
  await using secretsManager = await startLoopbackServer((_, response) => {
    requests += 1;
    if (requests > 1) response.end(answer);
    else response.writeHead(200, { 'content-length': answer.length }).write(answer.slice(1), () => response.destroy());
  }, {});

  const script = `console.log((await functionName.handler(${event}, {})).statusCode);`;
  const variables = { ...setup.variables, AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url };
  const output = await runBundle('logout', script, variables);

  expect([output, requests]).toEqual(['200', 2]);
});

test('the stubs of the SDK suffice in any environment', async () => {
  await using setup = await startSetup();
  const traces: unknown[] = [];
  const secretString = JSON.stringify({ apiUrl: setup.greenApi.apiUrl, apiTokenInstance });
  await using secretsManager = await startLoopbackServer((request, response) => {
    traces.push(request.headers['x-amzn-trace-id']);
    response.end(JSON.stringify({ SecretString: secretString }));
  }, {});
  const variables = {
    ...setup.variables,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    AWS_RETRY_MODE: 'adaptive',
    // The SDK passes over both.
    AWS_USE_FIPS_ENDPOINT: '',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'maybe',
    AWS_LAMBDA_FUNCTION_NAME: 'logout',
    _X_AMZN_TRACE_ID: 'Root=1-67891233-abcdef012345678912345678',
  };

  const output = await runBundle('logout', logOutOnce, variables);

  expect(output).toBe('200 []');
  expect(traces).toEqual(['Root=1-67891233-abcdef012345678912345678']);
});

test('init alone sends no request unless it is configured to', async () => {
  await using setup = await startSetup();

  await runBundle('logout', '', setup.variables);

  expect([setup.secretsManager.calls, setup.greenApi.calls]).toEqual([[], []]);
});

test('with its instances configured, init reads their credentials with one request, and the first call reads none', async () => {
  await using setup = await startSetup();
  const variables = { ...setup.variables, WARM_INSTANCES: '1101000001,1101000002' };

  await runBundle('logout', '', variables);
  const duringInit = [setup.secretsManager.calls.length, setup.greenApi.calls.length];
  const output = await runBundle('logout', logOutOnce, variables);

  expect(duringInit).toEqual([1, 0]);
  expect(output).toBe('200 []');
  expect(setup.secretsManager.calls.map(({ operation }) => operation)).toEqual([
    'BatchGetSecretValue',
    'BatchGetSecretValue',
  ]);
});
