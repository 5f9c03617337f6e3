import type { Construct } from 'constructs';
import manifest from '../../package.json' with { type: 'json' };
import { Alarms } from './alarms.ts';
import { DataKey } from './data-key.ts';
import { valuesOf } from './function-environment.ts';
import type { GreenApiLogoutProps } from './green-api-logout-props.ts';
import { InstanceSecrets } from './instance-secrets.ts';
import { createEvidenceLog } from './log-groups.ts';
import { LogoutMetrics } from './logout-metrics.ts';
import { createNetwork } from './network.ts';
import { OffboardingBus } from './offboarding-bus.ts';
import { settingsOf } from './settings.ts';
import { addWarnings } from './synth-warnings.ts';

/** The page with a section per alarm, named as the alarm. */
const page = 'docs/operations.md';

/** The address of the repository's files as a browser shows them; `undefined` if the package names no repository on the web. */
const filesOf = ({ repository }: { readonly repository?: string | { readonly url: string } }): string | undefined => {
  const url = typeof repository === 'string' ? repository : repository?.url;
  const [, address] = /^(?:git\+)?(https:\/\/[^\s#]+?)(?:\.git)?$/.exec(url ?? '') ?? [];
  return address && `${address}/blob/main/`;
};

/** The runbook of this project: in its repository, if it has one, else the file in the package. */
const defaultRunbookUrl = `${filesOf(manifest as object) ?? ''}${page}`;

/** What the functions of one deployment share. @throws ConfigurationError naming every prop that is wrong */
export const createDeployment = (scope: Construct, props: GreenApiLogoutProps) => {
  const settings = settingsOf(scope, props);
  const { name, runbookUrl = defaultRunbookUrl } = settings;
  const dataKey = new DataKey(scope, props.dataEncryptionKey);
  const secrets = new InstanceSecrets(scope, 'Secrets', settings, props.encryptionKey);
  addWarnings(scope, settings, props, secrets);
  const network = createNetwork(scope, props, settings);
  const evidence = createEvidenceLog(scope, 'Evidence', { settings, dataKey });
  const bus = new OffboardingBus(scope, 'Events', settings);
  return {
    settings,
    /** What functions may read, by the names in the table of settings. */
    values: { ...valuesOf(settings), eventBus: bus.eventBus.eventBusName },
    network,
    dataKey,
    evidence,
    secrets,
    bus,
    alarms: new Alarms(scope, 'Alarms', { name, topic: props.alarmTopic, runbookUrl }),
    metrics: new LogoutMetrics(name),
  };
};

export type Deployment = ReturnType<typeof createDeployment>;
