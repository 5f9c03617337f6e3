import { createParseApiUrl } from '../green-api/api-url.ts';
import { createGreenApi } from '../green-api/client.ts';
import { createSendGet } from '../green-api/exchange.ts';
import { createPace } from '../green-api/pace.ts';
import { createFetchSecret } from '../instances/fetch-secret.ts';
import { createReadCredential } from '../instances/read-credential.ts';
import { createAsk } from '../logout/ask.ts';
import { createLogOut } from '../logout/log-out.ts';
import type { LogoutHandlerDependencies } from '../logout.ts';
import { readEnvironment } from './environment.ts';
import { createLog } from './log.ts';
import { createSecretsManager } from './secrets-manager.ts';
import { processSurroundings } from './surroundings.ts';
import { wireEvidence } from './wire-evidence.ts';

const now = () => new Date();

export const wireLogout = ({ variables, write } = processSurroundings): LogoutHandlerDependencies => {
  const { secretPrefix, allowedApiHosts, credentialTtlMs, greenApiTimeoutMs, eventBus } = readEnvironment(variables);
  const log = createLog(write);
  const readCredential = createReadCredential({
    fetchSecret: createFetchSecret(createSecretsManager()),
    parseApiUrl: createParseApiUrl(allowedApiHosts),
    secretPrefix,
    ttlMs: credentialTtlMs,
    now: Date.now,
    warn: (message, fields) => log('WARN', message, fields),
  });
  return {
    logOut: createLogOut({
      ask: createAsk(readCredential),
      greenApi: createGreenApi({ sendGet: createSendGet({ timeoutMs: greenApiTimeoutMs }), pace: createPace() }),
      recordEvidence: wireEvidence(log, eventBus),
      now,
    }),
    logUnexpected: (error) => log('ERROR', 'unexpected error', error),
  };
};
