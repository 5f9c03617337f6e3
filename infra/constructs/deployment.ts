import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Settings } from '../configuration/configuration.ts';
import type { Alarms } from './alarms.ts';
import type { DataKey } from './data-key.ts';
import type { InstanceSecrets } from './instance-secrets.ts';
import type { LogoutMetrics } from './logout-metrics.ts';
import type { OffboardingBus } from './offboarding-bus.ts';
import type { FunctionPlatform } from './service-function.ts';

/** What the functions of one deployment share. */
export type Deployment = {
  readonly settings: Settings;
  readonly platform: FunctionPlatform;
  readonly dataKey: DataKey;
  readonly evidence: LogGroup;
  readonly secrets: InstanceSecrets;
  readonly bus: OffboardingBus;
  readonly alarms: Alarms;
  readonly metrics: LogoutMetrics;
};
