import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** As many attempts as the clients of the functions make. Zero is no limit: no answer is too late, however busy the machine is. */
const patience = { maxAttempts: 3, requestHandler: { connectionTimeout: 0, requestTimeout: 0 } };

/** Clients that try again after an error, and never because of the time. */
export const createPatientClients = () => ({
  lambda: new LambdaClient(patience),
  secretsManager: new SecretsManagerClient(patience),
});
