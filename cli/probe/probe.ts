import type { ApiToken } from '../../functions/green-api/credential.ts';
import {
  parseClearQueueAnswer,
  parseLogoutAnswer,
  parseSettingsAnswer,
  parseStateAnswer,
  parseUpdateTokenAnswer,
} from '../../functions/green-api/responses.ts';
import { type StateClass, stateClassOf } from '../../functions/green-api/vocabulary.ts';
import { type Answer, type Call, maskHeaders } from './exchange.ts';
import { type Finding, findingOf, notMeasured, type Question, questions } from './questions.ts';

const messengers = ['whatsapp', 'telegram', 'v3'] as const;

/** `v3` is MAX. */
export type Messenger = (typeof messengers)[number] | 'unknown';

export type ProbeDependencies = {
  readonly call: Call;
  readonly token: ApiToken;
  readonly messenger: Messenger;
  readonly clearsQueue: boolean;
  /** Keeps a new token, and returns whether that succeeded. Missing: the token is not changed. */
  readonly keepToken?: ((token: ApiToken) => Promise<boolean>) | undefined;
  /** Milliseconds since the beginning of the probe. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborted: no further call is begun. */
  readonly signal: AbortSignal;
  /** What is being measured, for people. */
  readonly note: (text: string) => void;
};

export type ProbeResult = {
  readonly findings: readonly Finding[];
  /** Whether the last reading confirmed the logout. */
  readonly isOut: boolean;
  readonly isInterrupted: boolean;
  /** The new token is not in the secret: only the console of GREEN-API shows it. */
  readonly isTokenLost: boolean;
};

/** GREEN-API allows one call a second of each method. */
const paceMs = 1_100;
/** Longest wait for a logout to show, and for an old token to die, in milliseconds. */
const longestWaitMs = 60_000;
const furtherReadings = 5;
const mostReadingsAtOnce = 6;

class Interrupted extends Error {}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** What an answer was, in a few words that repeat nothing of it. */
const describeAnswer = (answer: Answer | undefined, kind: string): string =>
  answer === undefined ? 'no answer' : `HTTP ${answer.status}, read as ${kind}`;

type Probe = ProbeDependencies & { readonly findings: Map<Question, Finding>; isTokenLost: boolean };

const add = ({ findings }: Probe, finding: Finding): void => void findings.set(finding.question, finding);

/** Waits until the same method may be called again. @throws Interrupted */
const pace = async ({ sleep, signal }: Probe): Promise<void> => {
  if (signal.aborted) throw new Interrupted();
  await sleep(paceMs);
  if (signal.aborted) throw new Interrupted();
};

type Reading = {
  /** `undefined`: GREEN-API answered no state. */
  readonly stateClass: StateClass | undefined;
  readonly isRejected: boolean;
  /** The state, or why there is none. */
  readonly word: string;
};

const readState = async ({ call }: Probe, token?: ApiToken): Promise<Reading> => {
  const answer = await call('getStateInstance', token);
  const reading = answer && parseStateAnswer(answer.status, answer.text);
  if (reading?.kind === 'state')
    return { stateClass: stateClassOf(reading.stateInstance), isRejected: false, word: String(reading.stateInstance) };
  const word = reading?.kind ?? 'no answer';
  return { stateClass: undefined, isRejected: word === 'credential-rejected', word };
};

const logOut = async ({ call }: Probe) => {
  const answer = await call('logout');
  const kind = answer === undefined ? 'no-answer' : parseLogoutAnswer(answer.status, answer.text).kind;
  return { kind, detail: describeAnswer(answer, kind) };
};

type Wait = { readonly isOut: boolean; readonly ms: number; readonly words: readonly string[] };

/** Reads the state until it confirms the logout. */
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
const measureLogout = async (probe: Probe): Promise<boolean> => {
  probe.note('Logging out, and reading the state until it says so');
  const { kind, detail } = await logOut(probe);
  const finding = kind === 'accepted' || kind === 'refused' || kind === 'no-answer' ? kind : 'failed';
  add(probe, findingOf('logout', finding, detail));
  add(probe, notMeasured('time-to-out', 'interrupted'));
  const first = await waitUntilOut(probe);
  if (first.isOut) {
    add(probe, findingOf('time-to-out', 'out', describeWait(first)));
    return true;
  }
  probe.note('Not logged out yet: logging out a second time');
  await logOut(probe);
  const second = await waitUntilOut(probe);
  const words = [...first.words, ...second.words];
  const stillOpen = isKnown(words) ? 'still-linked' : 'unknown';
  add(
    probe,
    findingOf('time-to-out', second.isOut ? 'out-after-second' : stillOpen, describeWait({ ...second, words })),
  );
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
  add(
    probe,
    words.length === 0
      ? findingOf('stays-out', 'stays', `${furtherReadings} more readings`)
      : findingOf('stays-out', 'changes', words.join(', ')),
  );
};

const measureSecondLogout = async (probe: Probe): Promise<void> => {
  probe.note('Logging out once more');
  await pace(probe);
  const { kind, detail } = await logOut(probe);
  const isFinding = kind === 'accepted' || kind === 'refused' || kind === 'not-authorized' || kind === 'no-answer';
  add(probe, findingOf('second-logout', isFinding ? kind : 'failed', detail));
};

const measureClearQueue = async (probe: Probe): Promise<void> => {
  if (!probe.clearsQueue) return add(probe, notMeasured('clear-queue', 'without --clear-queue'));
  await pace(probe);
  const answer = await probe.call('clearMessagesQueue');
  const kind = answer === undefined ? 'no-answer' : parseClearQueueAnswer(answer.status, answer.text).kind;
  const isBody = answer !== undefined && answer.status < 300 && kind === 'unavailable';
  const finding = kind === 'cleared' ? 'cleared' : isBody ? 'not-cleared' : 'failed';
  add(probe, findingOf('clear-queue', finding, describeAnswer(answer, kind)));
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
    return add(probe, notMeasured('calls-session', 'Calls exist for WhatsApp only'));
  probe.note('Asking for the session of WhatsApp Calls');
  await pace(probe);
  const first = await callsLogout(probe);
  if (first === 'nothing') return add(probe, findingOf('calls-session', 'nothing-left'));
  if (first !== 'ended') return add(probe, findingOf('calls-session', first));
  await pace(probe);
  const second = await callsLogout(probe);
  add(
    probe,
    findingOf('calls-session', second === 'ended' ? 'undecided' : 'own-session', `the second call: ${second}`),
  );
};

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
      add(probe, findingOf('old-token', readings === 1 ? 'at-once' : 'later', when));
      return true;
    }
    if (ms > longestWaitMs) {
      add(probe, findingOf('old-token', 'works', `accepted ${seconds(ms)} after the change`));
      return false;
    }
  }
};

/** With a dead token nothing can be changed. */
const measureRotationLimit = async (probe: Probe): Promise<void> => {
  await pace(probe);
  await probe.call('updateApiToken', probe.token);
  const answer = await probe.call('updateApiToken', probe.token);
  add(probe, findingOf('rotation-limit', answer?.status === 429 ? 'limited' : 'no-limit-seen'));
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
    add(probe, findingOf('rotation-while-out', 'works'));
    return parsed.apiTokenInstance;
  }
  const isRefused = await isOldTokenValid(probe);
  probe.isTokenLost = !isRefused;
  const detail = describeAnswer(answer, parsed?.kind ?? 'no answer');
  add(probe, findingOf('rotation-while-out', isRefused ? 'refused' : 'lost', detail));
  return isRefused ? probe.token : undefined;
};

const measureRotation = async (probe: Probe): Promise<ApiToken | undefined> => {
  const { keepToken, token } = probe;
  if (keepToken === undefined) {
    for (const question of ['rotation-while-out', 'old-token', 'rotation-limit'] as const)
      add(probe, notMeasured(question, 'without --rotate-token'));
    return token;
  }
  await pace(probe);
  const current = await rotate(probe, keepToken);
  if (current === undefined || current === token) {
    for (const question of ['old-token', 'rotation-limit'] as const)
      add(probe, notMeasured(question, 'the token was not changed, or is lost'));
    return current;
  }
  if (await measureOldToken(probe)) await measureRotationLimit(probe);
  else add(probe, notMeasured('rotation-limit', 'the old token still works'));
  return current;
};

const limitHeader = /rate-?limit/i;

/** Reads without a pause, which changes nothing, until it is too often. */
const measureRateLimit = async (probe: Probe, token: ApiToken): Promise<void> => {
  probe.note('Reading too often');
  await pace(probe);
  for (let readings = 1; readings <= mostReadingsAtOnce; readings += 1) {
    const answer = await probe.call('getStateInstance', token);
    if (answer?.status === 429) {
      const names = Object.keys(answer.headers);
      const about = names.filter((name) => limitHeader.test(name) || name === 'retry-after');
      const finding = names.includes('retry-after') ? 'retry-after' : about.length > 0 ? 'headers' : 'nothing';
      const shown = maskHeaders(answer.headers);
      const values = about.map((name) => `${name}: ${shown[name]}`).join(', ');
      return add(
        probe,
        findingOf('rate-limit', finding, [`at reading ${readings}`, values].filter(Boolean).join(', ')),
      );
    }
  }
  add(probe, findingOf('rate-limit', 'not-limited', `${mostReadingsAtOnce} readings`));
};

const measureAll = async (probe: Probe): Promise<void> => {
  const isSample = /^[0-9a-f]{50}$/.test(probe.token);
  add(probe, findingOf('token-form', isSample ? 'as-in-samples' : 'another'));
  if (await measureLogout(probe)) {
    await measureStays(probe);
    await measureSecondLogout(probe);
    await measureClearQueue(probe);
    await measureCalls(probe);
  }
  const isOut = ['out', 'out-after-second'].includes(probe.findings.get('time-to-out')?.finding ?? '');
  const current = isOut ? await measureRotation(probe) : probe.token;
  if (current !== undefined) await measureRateLimit(probe, current);
};

/** Logs one linked instance out and measures what is documented nowhere. Takes at most four minutes, without slow answers. */
export const probe = async (dependencies: ProbeDependencies): Promise<ProbeResult> => {
  const running: Probe = { ...dependencies, findings: new Map(), isTokenLost: false };
  let isInterrupted = false;
  try {
    await measureAll(running);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    isInterrupted = true;
  }
  const { findings, isTokenLost } = running;
  const why = isInterrupted ? 'interrupted' : 'the instance was not logged out, or its token is lost';
  const all = (Object.keys(questions) as Question[]).map(
    (question) => findings.get(question) ?? notMeasured(question, why),
  );
  const isOut = all.some(({ question, finding }) => question === 'time-to-out' && finding.startsWith('out'));
  return { findings: all, isOut, isInterrupted, isTokenLost };
};

/** What `getSettings` says of the messenger. The number in the same answer is not kept. */
export const readMessenger = (answer: Answer | undefined): Messenger => {
  const settings = answer && parseSettingsAnswer(answer.status, answer.text);
  const type = settings?.kind === 'settings' ? settings.typeInstance : '';
  return messengers.find((messenger) => messenger === type) ?? 'unknown';
};
