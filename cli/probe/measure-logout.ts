import { parseClearQueueAnswer, parseLogoutAnswer } from '../../functions/green-api/responses.ts';
import { stateClassOf } from '../../functions/green-api/vocabulary.ts';
import { add, describeAnswer, longestWaitMs, type Probe, pace, paceMs, readState, seconds } from './measuring.ts';

const furtherReadings = 5;

const logOut = async ({ call }: Probe) => {
  const answer = await call('logout');
  const kind = answer === undefined ? 'no-answer' : parseLogoutAnswer(answer.status, answer.text).kind;
  return { kind, detail: describeAnswer(answer, kind) };
};

type Wait = { readonly isOut: boolean; readonly ms: number; readonly words: readonly string[] };

const waitUntilOut = async (probe: Probe): Promise<Wait> => {
  const since = probe.now();
  const words: string[] = [];
  for (;;) {
    await pace(probe);
    const { stateClass, word } = await readState(probe);
    const isOut = stateClass === 'out';
    if (words.at(-1) !== word) words.push(word);
    const ms = probe.now() - since;
    if (isOut || ms > longestWaitMs) return { isOut, ms, words };
  }
};

const describeWait = ({ ms, words }: Wait): string =>
  `${seconds(ms)} after the logout, read every ${seconds(paceMs)}: ${words.join(', ')}`;

const isKnown = (words: readonly string[]): boolean =>
  words.some((word) => ['linked', 'out', 'linking'].includes(stateClassOf(word)));

/** The logout itself, and a second one if the first does not end the session. Returns whether the session is ended. */
export const measureLogout = async (probe: Probe): Promise<boolean> => {
  probe.note('Logging out, and reading the state until it says so');
  const { kind, detail } = await logOut(probe);
  const finding = kind === 'accepted' || kind === 'refused' || kind === 'no-answer' ? kind : 'failed';
  add(probe, 'logout', finding, detail);
  const first = await waitUntilOut(probe);
  if (first.isOut) {
    add(probe, 'time-to-out', 'out', describeWait(first));
    return true;
  }
  probe.note('Not logged out yet: logging out a second time');
  await logOut(probe);
  const second = await waitUntilOut(probe);
  const words = [...first.words, ...second.words];
  const stillOpen = isKnown(words) ? 'still-linked' : 'unknown';
  const outcome = second.isOut ? 'out-after-second' : stillOpen;
  add(probe, 'time-to-out', outcome, describeWait({ ...second, words }));
  return second.isOut;
};

const measureStays = async (probe: Probe): Promise<void> => {
  probe.note('Reading whether it stays so');
  const words: string[] = [];
  for (let readings = 0; readings < furtherReadings; readings += 1) {
    await pace(probe);
    const { stateClass, word } = await readState(probe);
    if (stateClass !== 'out') words.push(word);
  }
  if (words.length === 0) add(probe, 'stays-out', 'stays', `${furtherReadings} more readings`);
  else add(probe, 'stays-out', 'changes', words.join(', '));
};

const measureSecondLogout = async (probe: Probe): Promise<void> => {
  probe.note('Logging out once more');
  await pace(probe);
  const { kind, detail } = await logOut(probe);
  const isFinding = kind === 'accepted' || kind === 'refused' || kind === 'not-authorized' || kind === 'no-answer';
  add(probe, 'second-logout', isFinding ? kind : 'failed', detail);
};

const measureClearQueue = async (probe: Probe): Promise<void> => {
  if (!probe.clearsQueue) return add(probe, 'clear-queue', 'not-measured', 'without --clear-queue');
  await pace(probe);
  const answer = await probe.call('clearMessagesQueue');
  const kind = answer === undefined ? 'no-answer' : parseClearQueueAnswer(answer.status, answer.text).kind;
  const isBody = answer !== undefined && answer.status < 300 && kind === 'unavailable';
  const finding = kind === 'cleared' ? 'cleared' : isBody ? 'not-cleared' : 'failed';
  add(probe, 'clear-queue', finding, describeAnswer(answer, kind));
};

/** https://green-api.com/en/docs/calls/account/callsLogout/ */
const callsLogout = async ({ call }: Probe): Promise<'ended' | 'nothing' | 'not-available' | 'failed'> => {
  const answer = await call('callsLogout');
  if (answer === undefined) return 'failed';
  if (answer.status === 400 || answer.status === 404) return 'not-available';
  const parsed = parseLogoutAnswer(answer.status, answer.text);
  if (parsed.kind === 'accepted') return 'ended';
  return parsed.kind === 'refused' ? 'nothing' : 'failed';
};

/** A second call shows whether the first one ended anything. */
const measureCalls = async (probe: Probe): Promise<void> => {
  if (probe.messenger !== 'whatsapp' && probe.messenger !== 'unknown')
    return add(probe, 'calls-session', 'not-measured', 'Calls exist for WhatsApp only');
  probe.note('Asking for the session of WhatsApp Calls');
  await pace(probe);
  const first = await callsLogout(probe);
  if (first === 'nothing') return add(probe, 'calls-session', 'nothing-left');
  if (first !== 'ended') return add(probe, 'calls-session', first);
  await pace(probe);
  const second = await callsLogout(probe);
  const finding = second === 'ended' ? 'undecided' : 'own-session';
  add(probe, 'calls-session', finding, `the second call: ${second}`);
};

/** What only an instance shows whose session is ended. */
export const measureLoggedOut = async (probe: Probe): Promise<void> => {
  await measureStays(probe);
  await measureSecondLogout(probe);
  await measureClearQueue(probe);
  await measureCalls(probe);
};
