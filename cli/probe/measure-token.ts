import type { ApiToken } from '../../functions/green-api/credential.ts';
import { parseUpdateTokenAnswer } from '../../functions/green-api/responses.ts';
import { add, describeAnswer, longestWaitMs, type Probe, pace, paceMs, readState, seconds } from './measuring.ts';

/** Reads with the old token until it is rejected. Returns whether it is dead. */
const measureOldToken = async (probe: Probe): Promise<boolean> => {
  probe.note('Reading with the old token until it is rejected');
  const since = probe.now();
  for (let readings = 1; ; readings += 1) {
    await pace(probe);
    const { isRejected } = await readState(probe, probe.token);
    const ms = probe.now() - since;
    if (isRejected) {
      const when = `rejected ${seconds(ms)} after the change`;
      add(probe, 'old-token', readings === 1 ? 'at-once' : 'later', when);
      return true;
    }
    if (ms > longestWaitMs) {
      add(probe, 'old-token', 'works', `accepted ${seconds(ms)} after the change`);
      return false;
    }
  }
};

/** With a dead token nothing can be changed. */
const measureRotationLimit = async (probe: Probe): Promise<void> => {
  await pace(probe);
  await probe.call('updateApiToken', probe.token);
  const answer = await probe.call('updateApiToken', probe.token);
  add(probe, 'rotation-limit', answer?.status === 429 ? 'limited' : 'no-limit-seen');
};

const mostTries = 3;

/** After an error the token may be changed all the same: a reading with the old one decides. */
const isOldTokenValid = async (probe: Probe): Promise<boolean> => {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    await probe.sleep(paceMs);
    const { stateClass, isRejected } = await readState(probe, probe.token);
    if (stateClass !== undefined || isRejected) return stateClass !== undefined;
  }
  return false;
};

/** From the call until the new token is kept nothing interrupts. Returns the token that is valid now, if it is known. */
const rotate = async (probe: Probe, keepToken: NonNullable<Probe['keepToken']>): Promise<ApiToken | undefined> => {
  probe.note('Changing the token');
  const answer = await probe.call('updateApiToken');
  const parsed = answer && parseUpdateTokenAnswer(answer.status, answer.text);
  if (parsed?.kind === 'token-updated') {
    probe.isTokenLost = !(await keepToken(parsed.apiTokenInstance));
    add(probe, 'rotation-while-out', 'works');
    return parsed.apiTokenInstance;
  }
  const isRefused = await isOldTokenValid(probe);
  probe.isTokenLost = !isRefused;
  const detail = describeAnswer(answer, parsed?.kind ?? 'no answer');
  add(probe, 'rotation-while-out', isRefused ? 'refused' : 'lost', detail);
  return isRefused ? probe.token : undefined;
};

export const measureRotation = async (probe: Probe): Promise<ApiToken | undefined> => {
  const { keepToken, token } = probe;
  if (keepToken === undefined) {
    for (const question of ['rotation-while-out', 'old-token', 'rotation-limit'] as const)
      add(probe, question, 'not-measured', 'without --rotate-token');
    return token;
  }
  await pace(probe);
  const current = await rotate(probe, keepToken);
  if (current === undefined || current === token) {
    for (const question of ['old-token', 'rotation-limit'] as const)
      add(probe, question, 'not-measured', 'the token was not changed, or is lost');
    return current;
  }
  if (await measureOldToken(probe)) await measureRotationLimit(probe);
  else add(probe, 'rotation-limit', 'not-measured', 'the old token still works');
  return current;
};
