import { startGreenApi } from '../../../emulators/green-api/emulator.ts';
import { startSecretsManager } from '../../../emulators/secrets-manager/emulator.ts';
import { createPoll } from '../../../functions/watch/poll.ts';
import { applyPoll, initialState } from '../../../functions/watch/watch-state.ts';
import { composeWatch } from '../../../functions/watch.ts';
import { useEmulators } from '../../support/aws-environment.ts';
import { idInstance, markerToken } from '../../support/logout-setup.ts';
import { createWatchSetup, tags, watchId } from '../../support/watch-setup.ts';

test('a watch keeps a credential until GREEN-API refuses it, and reads the tags at each poll', async () => {
  await using greenApi = await startGreenApi({
    instances: [{ idInstance, apiTokenInstance: markerToken, stateInstance: 'notAuthorized' }],
    enforceLimit: false,
  });
  const secretOf = (apiTokenInstance: string) => ({
    name: `green-api/${idInstance}`,
    secretString: JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance }),
    tags,
  });
  await using secretsManager = await startSecretsManager({ secrets: [secretOf(markerToken)] });
  useEmulators({ secretsManager: secretsManager.url });
  const variables = { ALLOWED_API_HOSTS: greenApi.host, CREDENTIAL_TTL_MS: '0' };
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const poll = createPoll(composeWatch(variables, write, { rateLimiter: { intervalMs: 1 } }));
  const { request } = createWatchSetup({ [idInstance]: [] });
  let state = initialState(request);
  const calls = async () => {
    secretsManager.clearCalls();
    const result = await poll({ id: watchId, request, startedAt: '2026-11-30T17:00:00.000Z' }, state, () => 900_000);
    state = applyPoll(state, result);
    return [result.unread, ...secretsManager.calls.map(({ operation }) => operation)];
  };

  const first = await calls();
  const second = await calls();
  greenApi.changeToken(idInstance, 'b'.repeat(50));
  secretsManager.put(secretOf('b'.repeat(50)));
  const afterRotation = await calls();
  const later = await calls();

  expect([first, second, afterRotation, later]).toEqual([
    [0, 'DescribeSecret', 'GetSecretValue'],
    [0, 'DescribeSecret'],
    [0, 'DescribeSecret', 'GetSecretValue'],
    [0, 'DescribeSecret'],
  ]);
  expect(lines.join('')).not.toContain(markerToken);
});
