import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type ApiUrl, createParseApiUrl } from '../../green-api/api-url.ts';
import type { GreenApi } from '../../green-api/client.ts';
import type { Credential } from '../../green-api/credential.ts';
import type { InstanceId } from '../../green-api/instance-id.ts';
import type { FailureDuration } from '../../green-api/vocabulary.ts';
import { deadlineIn } from '../../platform/deadline.ts';
import type { ReadingEnvironment } from '../../platform/settings.ts';
import { parseCredential } from '../parse-credential.ts';
import {
  createOpenSecret,
  type OpenSecret,
  type PendingStage,
  type SecretFailure,
  type SecretVersions,
} from '../secrets.ts';

/** The result of a rotation. `detail` is for people and holds no secret. */
export type TokenRotation =
  /** GREEN-API accepts another token now, and `AWSCURRENT` holds it. */
  | { readonly kind: 'rotated'; readonly detail?: string }
  /**
   * `notBegun`: nothing was written or called, so the same decision may be tried again. `duration`: for how long.
   * @default duration passing
   */
  | {
      readonly kind: 'not-rotated';
      readonly detail: string;
      readonly notBegun?: true;
      readonly duration?: FailureDuration;
    }
  /** The old token is dead or may be, and the new one exists at GREEN-API only: in its console. */
  | { readonly kind: 'token-lost'; readonly detail: string };

export const notRotated = (detail: string): TokenRotation => ({ kind: 'not-rotated', detail });
export const tokenLost = (detail: string): TokenRotation => ({ kind: 'token-lost', detail });

/** Whether GREEN-API accepts a token; `unknown`: a reading with it showed neither. */
export type TokenTrial = 'accepted' | 'rejected' | 'unknown';

export type RotationDependencies = Pick<GreenApi, 'updateApiToken' | 'readState'> & {
  readonly openSecret: OpenSecret;
  readonly secretPrefix: string;
  readonly parseApiUrl: (text: string) => ApiUrl | undefined;
  readonly clock: {
    /** Milliseconds on the scale of the deadlines. */
    readonly now: () => number;
    /** Milliseconds since the epoch. */
    readonly date: () => number;
    readonly sleep: (ms: number) => Promise<unknown>;
  };
};

export type RotationRequest = {
  readonly idInstance: InstanceId;
  /** The same text is the same decision: `updateApiToken` is sent for it at most once, whatever crashes. */
  readonly decision: string;
  /** @default a version of its own, labelled `GREEN_API_ROTATION_TOKEN` */
  readonly newVersion?: { readonly versionId: string; readonly stage: string };
};

/** Labels of ours. Each is at one version at most; `AWSPENDING` belongs to the rotation of Secrets Manager. */
export const rotationStages = {
  /** The newest version that proves that a rotation began. */
  intent: 'GREEN_API_ROTATION_INTENT',
  /** The intent of the rotation that is under way. */
  underWay: 'GREEN_API_ROTATION_UNDER_WAY',
  /** The newest token that a rotation has stored. */
  token: 'GREEN_API_ROTATION_TOKEN',
} as const satisfies { readonly token: PendingStage; readonly [purpose: string]: string };

export type StoredToken = {
  readonly kind: 'token';
  readonly versionId: string;
  readonly text: string;
  readonly credential: Credential;
};

export type TokenReading = StoredToken | { readonly kind: 'absent' } | SecretFailure;

/** The id of a version must be the same at each try: 32 to 64 characters. */
const versionIdOf = (request: RotationRequest, purpose: string): string =>
  createHash('sha256').update(`${request.idInstance}\n${purpose}\n${request.decision}`).digest('hex');

/** One try of one decision, with all that it needs. */
export const createAttempt = (
  { openSecret, secretPrefix, parseApiUrl, updateApiToken, readState, clock }: RotationDependencies,
  request: RotationRequest,
  deadline: number,
) => {
  const { idInstance } = request;
  const leftMs = () => deadline - clock.now();
  const secret = openSecret(`${secretPrefix}${idInstance}`, leftMs);
  const newVersion = request.newVersion ?? { versionId: versionIdOf(request, 'token'), stage: rotationStages.token };
  return {
    updateApiToken,
    clock,
    idInstance,
    deadline,
    intentId: versionIdOf(request, 'intent'),
    newVersion,
    secret,
    readToken: async (which: Parameters<SecretVersions['read']>[0]): Promise<TokenReading> => {
      const version = await secret.read(which);
      if (version.kind !== 'version') return version;
      const { versionId, text } = version;
      const parsed = parseCredential(text, parseApiUrl);
      if (parsed.kind === 'malformed') return { kind: 'failed', detail: `the secret is malformed: ${parsed.problem}` };
      return { kind: 'token', versionId, text, credential: parsed.credential };
    },
    tryToken: async (credential: Credential, untilMs = deadline): Promise<TokenTrial> => {
      const { kind } = await readState({ idInstance, credential }, untilMs);
      if (kind === 'state') return 'accepted';
      return kind === 'credential-rejected' ? 'rejected' : 'unknown';
    },
    leftMs,
    /** Waits; `false`: there is no time for it. */
    pause: async (ms: number) => {
      if (leftMs() <= ms) return false;
      await clock.sleep(ms);
      return true;
    },
  };
};

export type Attempt = ReturnType<typeof createAttempt>;

const realClock: RotationDependencies['clock'] = { now: () => deadlineIn(0), date: Date.now, sleep };

export const composeRotation = (
  client: SecretsManagerClient,
  { updateApiToken, readState }: GreenApi,
  { secretPrefix, allowedApiHosts }: ReadingEnvironment,
  clock = realClock,
): RotationDependencies => ({
  openSecret: createOpenSecret(client),
  secretPrefix,
  parseApiUrl: createParseApiUrl(allowedApiHosts),
  updateApiToken,
  readState,
  clock,
});
