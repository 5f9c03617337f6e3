import { createParseApiUrl } from '../../functions/green-api/api-url.ts';
import type { ApiToken } from '../../functions/green-api/credential.ts';
import type { InstanceId } from '../../functions/green-api/instance-id.ts';
import type { SecretVersions, VersionReading } from '../../functions/instances/secrets.ts';
import type { RotationDependencies } from '../../functions/instances/token-rotation/attempt.ts';

export const idInstance = '1101000001' as InstanceId;
export const firstToken = '0'.repeat(50);

/** What an updateApiToken changes, and the answer that its caller gets. */
export type UpdateFault =
  | 'lost answer'
  | 'no answer, no change'
  | 'refused'
  | 'not sent'
  | 'old works a while'
  | 'wrong token';

type Version = { readonly text: string; readonly createdAtMs: number; readonly stages: Set<string> };

/** The process is killed before or after its external call number `call`, counted from 1. */
export type Kill = { readonly call: number; readonly when: 'before' | 'after' };

type ProcessOptions = {
  readonly kill?: Kill | undefined;
  readonly loseAnswer?: Kill | undefined;
  readonly gate?: () => Promise<void>;
};

const graceMs = 3_000;

const authorized = { kind: 'state', stateInstance: 'authorized', requests: 1 } as const;
const rejected = { kind: 'credential-rejected', detail: 'GREEN-API answered HTTP 401', requests: 1 } as const;
const unanswered = { kind: 'timed-out', detail: 'GREEN-API did not answer in time', requests: 1 } as const;

/** One instance at GREEN-API and its secret, on a clock that jumps. Several processes may rotate its token. */
export const createRotationSetup = ({ fault }: { readonly fault?: UpdateFault | undefined } = {}) => {
  let nowMs = Date.parse('2026-11-30T17:00:00Z');
  let liveToken = firstToken;
  let grace: { readonly token: string; readonly untilMs: number } | undefined;
  let writesFail = false;
  const issued: string[] = [];
  const updates: string[] = [];
  const violations: string[] = [];
  const versions = new Map<string, Version>();
  const tokenOf = (version: Version | undefined): string | undefined =>
    version && (JSON.parse(version.text) as { apiTokenInstance: string }).apiTokenInstance;
  const at = (stage: string) => [...versions].find(([, { stages }]) => stages.has(stage));

  const moveTo = (stage: string, versionId: string | undefined) => {
    const before = at(stage);
    if (before?.[0] === versionId) return;
    const next = versionId === undefined ? undefined : versions.get(versionId);
    if (stage === 'AWSCURRENT' && tokenOf(before?.[1]) === liveToken && tokenOf(next) !== liveToken)
      violations.push('a usable token was overwritten');
    before?.[1].stages.delete(stage);
    next?.stages.add(stage);
    if (stage === 'AWSCURRENT' && before !== undefined) moveTo('AWSPREVIOUS', before[0]);
  };
  const write = (versionId: string, text: string, stage: string) => {
    versions.set(versionId, { text, createdAtMs: nowMs, stages: new Set() });
    moveTo(stage, versionId);
  };
  const textWith = (apiTokenInstance: string) =>
    JSON.stringify({ note: 'kept', apiUrl: 'https://7103.api.greenapi.com', apiTokenInstance });
  write('version-at-the-start-000000000000000', textWith(firstToken), 'AWSCURRENT');

  const secret: SecretVersions = {
    read: async (which): Promise<VersionReading> => {
      const found = 'stage' in which ? at(which.stage) : [...versions].find(([id]) => id === which.versionId);
      if (found === undefined) return { kind: 'absent' };
      const [versionId, { text, createdAtMs }] = found;
      return { kind: 'version', versionId, text, createdAtMs };
    },
    put: async ({ versionId, text, stage }) => {
      if (writesFail) return { kind: 'failed', detail: 'Secrets Manager: InternalServiceError' };
      const before = versions.get(versionId);
      if (before !== undefined) return before.text === text ? { kind: 'done' } : { kind: 'other-value' };
      write(versionId, text, stage);
      return { kind: 'done' };
    },
    moveStage: async ({ stage, from, to }) => {
      if (at(stage)?.[0] !== from || (to !== undefined && !versions.has(to)))
        return { kind: 'failed', detail: 'Secrets Manager: InvalidParameterException' };
      moveTo(stage, to);
      return { kind: 'done' };
    },
  };

  const isAccepted = (token: string) => token === liveToken || (token === grace?.token && nowMs < grace.untilMs);
  const replace = () => {
    grace = fault === 'old works a while' ? { token: liveToken, untilMs: nowMs + graceMs } : undefined;
    liveToken = String(issued.length + 1)
      .repeat(50)
      .slice(0, 50);
    issued.push(liveToken);
  };
  const updated = (token: string) =>
    ({ kind: 'token-updated', apiTokenInstance: token as ApiToken, requests: 1 }) as const;
  const update: RotationDependencies['updateApiToken'] = async ({ credential: { apiTokenInstance: token } }) => {
    if (fault === 'not sent') return { kind: 'unavailable', detail: 'ECONNREFUSED', requests: 0 };
    if (fault === 'refused' || !isAccepted(token)) return rejected;
    if (fault === 'no answer, no change') return unanswered;
    if (fault === 'wrong token') return updated('f'.repeat(50));
    replace();
    return fault === 'lost answer' ? unanswered : updated(liveToken);
  };

  return {
    violations,
    updates,
    issued,
    clock: {
      now: () => nowMs,
      pass: (ms: number) => {
        nowMs += ms;
      },
    },
    /** Secrets Manager refuses to write, from now on or no longer. */
    failWrites: (fails: boolean) => {
      writesFail = fails;
    },
    secret,
    currentToken: () => tokenOf(at('AWSCURRENT')?.[1]),
    currentText: () => at('AWSCURRENT')?.[1].text,
    tokenAt: (stage: string) => tokenOf(at(stage)?.[1]),
    liveToken: () => liveToken,
    /** Somebody puts a value into the secret by hand. */
    putByHand: (token: string) => write(`by-hand-${versions.size}`.padEnd(32, '0'), textWith(token), 'AWSCURRENT'),
    changeInConsole: replace,
    /** GREEN-API accepts the first token too, from now on for this time. */
    startGrace: (ms: number) => {
      grace = { token: firstToken, untilMs: nowMs + ms };
    },
    /** Whether GREEN-API's token is in a version that has a label: not only at GREEN-API. */
    isKept: () => [...versions.values()].some((version) => version.stages.size > 0 && tokenOf(version) === liveToken),
    /**
     * A process of its own.
     *
     * @param options.loseAnswer the external call that fails, before or after it took effect
     * @param options.gate awaited before each external call
     */
    startProcess: (decision: string, { kill, loseAnswer, gate }: ProcessOptions = {}) => {
      let calls = 0;
      const killed = Promise.withResolvers<'killed'>();
      const never = () => {
        killed.resolve('killed');
        return new Promise<never>(() => {});
      };
      const external = async <Result>(act: () => Promise<Result>, lost: Result): Promise<Result> => {
        await gate?.();
        calls += 1;
        const isKilled = kill?.call === calls;
        const isLost = loseAnswer?.call === calls;
        if (isKilled && kill.when === 'before') return never();
        if (isLost && loseAnswer.when === 'before') return lost;
        const result = await act();
        if (isKilled) return never();
        return isLost ? lost : result;
      };
      const failed = { kind: 'failed', detail: 'Secrets Manager: TimeoutError' } as const;
      const dependencies: RotationDependencies = {
        openSecret: () => ({
          read: (which) => external(() => secret.read(which), failed),
          put: (version) => external(() => secret.put(version), failed),
          moveStage: (move) => external(() => secret.moveStage(move), failed),
        }),
        secretPrefix: 'green-api/',
        parseApiUrl: createParseApiUrl([]),
        updateApiToken: (instance, deadline) =>
          external(() => {
            if (fault !== 'not sent') updates.push(decision);
            return update(instance, deadline);
          }, unanswered),
        readState: ({ credential }) =>
          external<Awaited<ReturnType<RotationDependencies['readState']>>>(
            async () => (isAccepted(credential.apiTokenInstance) ? authorized : rejected),
            unanswered,
          ),
        clock: {
          now: () => nowMs,
          date: () => nowMs,
          sleep: async (ms) => {
            await gate?.();
            nowMs += ms;
          },
        },
      };
      return { dependencies, killed: killed.promise, calls: () => calls };
    },
  };
};
