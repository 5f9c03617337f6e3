import type { BusEvent } from '../../../emulators/eventbridge/event.ts';
import { startEventBus } from '../../../emulators/eventbridge/event-bus.ts';
import { startGreenApi } from '../../../emulators/green-api/emulator.ts';
import { startSecretsManager } from '../../../emulators/secrets-manager/emulator.ts';
import type { LocalSecret } from '../../../emulators/secrets-manager/store.ts';
import { awsVariables } from '../aws-environment.ts';
import { markerToken } from '../logout-setup.ts';
import { type BrokenHost, type BrokenHostName, brokenHostNames, brokenHosts } from './broken-hosts.ts';
import { startFunctions } from './functions.ts';

/** Tags that no run may pass on: of every instance, so that a search for them finds every leak. */
export const markerContact = { name: 'Zacharias Quillfeather', phone: '604859' };

export type FaultSetup = Awaited<ReturnType<typeof startFaultSetup>>;

const startBrokenHosts = async (stack: AsyncDisposableStack) => {
  const started = brokenHostNames.map(async (name) => [name, stack.use(await brokenHosts[name]())] as const);
  const hosts = new Map<BrokenHostName, BrokenHost>(await Promise.all(started));
  return {
    authorities: [...hosts.values()].map(({ apiUrl }) => new URL(apiUrl).host),
    apiUrlOf: (name: BrokenHostName) => hosts.get(name)?.apiUrl ?? '',
    requestsAt: (name: BrokenHostName) => hosts.get(name)?.requests?.() ?? 0,
  };
};

/**
 * The functions as they are built in a process of their own, lists and runs in this one, around emulators and hosts that break.
 * Every instance has the marker for its token, and all that is written is kept.
 */
export const startFaultSetup = async () => {
  await using starting = new AsyncDisposableStack();
  const greenApi = starting.use(
    // It counts requests as they arrive here, and so many at once arrive late.
    await startGreenApi({ enforceLimit: false }),
  );
  const hosts = await startBrokenHosts(starting);
  const secretsManager = starting.use(await startSecretsManager());
  const events: BusEvent[] = [];
  const eventBus = starting.use(await startEventBus((event) => events.push(event)));
  const variables = {
    ALLOWED_API_HOSTS: [greenApi.host, ...hosts.authorities].join(','),
    EVENT_BUS: 'outcomes',
    TOKEN_ROTATION: 'enabled',
    // No answer is too late, however busy the machine is.
    GREEN_API_TIMEOUT_MS: '20000',
    ...awsVariables({ secretsManager: secretsManager.url, eventBridge: eventBus.url }),
  };
  const functions = starting.use(startFunctions(variables));

  // The SDK reads these itself; each test file has a process environment of its own.
  Object.assign(process.env, variables);
  const lines: string[] = [];

  const ids: string[] = [];
  /** A new instance, and the secret of it: `secret` overrides what is usual. */
  const addInstance = (secret: Partial<LocalSecret> & { readonly apiUrl?: string } = {}, prefix = 'green-api/') => {
    const idInstance = String(1_100_000_001 + ids.length);
    ids.push(idInstance);
    const { apiUrl = greenApi.apiUrl, ...more } = secret;
    greenApi.add({ idInstance, apiTokenInstance: markerToken, logoutDelayMs: 0 });
    const secretString = JSON.stringify({ apiUrl, apiTokenInstance: markerToken });
    secretsManager.put({
      name: `${prefix}${idInstance}`,
      tags: markerContact,
      ...('secretBinary' in more ? {} : { secretString }),
      ...more,
    });
    return idInstance;
  };

  /** What the functions have written, line by line. */
  const output = () => [...functions.output().split('\n').filter(Boolean), ...lines];
  const running = starting.move();
  return {
    greenApi,
    hosts,
    secretsManager,
    events,
    variables,
    functions,
    /** Where lists and runs write. */
    write: (line: string) => void lines.push(line),
    addInstance,
    /** The tokens that rotations have made. */
    newTokens: () => ids.map((id) => greenApi.tokenOf(id)).filter((token) => token !== markerToken),
    output,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
};
