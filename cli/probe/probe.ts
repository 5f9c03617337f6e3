import type { ApiToken } from '../../functions/green-api/credential.ts';
import { parseSettingsAnswer } from '../../functions/green-api/responses.ts';
import { type Answer, maskHeaders } from './exchange.ts';
import { measureLoggedOut, measureLogout } from './measure-logout.ts';
import { measureRotation } from './measure-token.ts';
import { add, type Messenger, messengers, type Probe, type ProbeDependencies, pace } from './measuring.ts';
import { describeFinding, type Finding, type Question, questions } from './questions.ts';

export type ProbeResult = {
  readonly findings: readonly Finding[];
  /** Whether the last reading confirmed the logout. */
  readonly isOut: boolean;
  readonly isInterrupted: boolean;
  /** The new token is not in the secret: only the console of GREEN-API shows it. */
  readonly isTokenLost: boolean;
};

const mostReadingsAtOnce = 6;

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
      return add(probe, 'rate-limit', finding, [`at reading ${readings}`, values].filter(Boolean).join(', '));
    }
  }
  add(probe, 'rate-limit', 'not-limited', `${mostReadingsAtOnce} readings`);
};

const measureAll = async (probe: Probe): Promise<void> => {
  const isSample = /^[0-9a-f]{50}$/.test(probe.token);
  add(probe, 'token-form', isSample ? 'as-in-samples' : 'another');
  const isOut = await measureLogout(probe);
  if (isOut) await measureLoggedOut(probe);
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
    if (!dependencies.signal.aborted || error !== dependencies.signal.reason) throw error;
    isInterrupted = true;
  }
  const { findings, isTokenLost } = running;
  const why = isInterrupted ? 'interrupted' : 'the instance was not logged out, or its token is lost';
  const all = (Object.keys(questions) as Question[]).map((question) =>
    describeFinding(question, findings.get(question) ?? { finding: 'not-measured', detail: why }),
  );
  const isOut = findings.get('time-to-out')?.finding.startsWith('out') === true;
  return { findings: all, isOut, isInterrupted, isTokenLost };
};

/** What `getSettings` says of the messenger. The number in the same answer is not kept. */
export const readMessenger = (answer: Answer | undefined): Messenger => {
  const settings = answer && parseSettingsAnswer(answer.status, answer.text);
  const type = settings?.kind === 'settings' ? settings.typeInstance : '';
  return messengers.find((messenger) => messenger === type) ?? 'unknown';
};
