import { outcomeSource } from '../../functions/logout/evidence.ts';
import { custom } from '../../functions/offboarding/custom.ts';
import type { Dialect, EventPattern } from '../../functions/offboarding/dialect.ts';
import { type DialectName, dialectNames, dialects } from '../../functions/offboarding/dialects.ts';
import type { Configuration } from './configuration.ts';

/** A rule on an event bus, on AWS and in the local service. */
export type OffboardingRule = {
  readonly name: DialectName | `${DialectName}SecondLook` | 'rest' | 'unknown-source';
  /** The stack's bus, the account's default bus, or a partner bus by its name. */
  readonly bus: 'own' | 'default' | { readonly partnerBusName: string };
  readonly pattern: EventPattern;
  /** The offboarding function at once, or some minutes later; or the queue of events that failed. */
  readonly target: 'function' | 'second-look' | 'failed';
};

type Settings = Configuration['offboarding'];

/** What enables each dialect. */
const isOn: Readonly<Record<DialectName, (settings: Settings) => boolean>> = {
  custom: ({ custom }) => custom.enabled,
  okta: ({ okta }) => okta !== undefined,
  identityCenter: ({ identityCenter }) => identityCenter.enabled,
  identityCenterNative: ({ identityCenter }) => identityCenter.enabled && identityCenter.nativeEvents,
};

/** The section of the configuration with the settings of a dialect. */
export const sectionOf = (name: DialectName) => (name === 'identityCenterNative' ? 'identityCenter' : name);

/** The setting that enables a dialect, as a configuration names it. */
export const settingOf = (name: DialectName): string =>
  `offboarding.${name === 'identityCenterNative' ? 'identityCenter.nativeEvents' : name}`;

const busOf = (settings: Settings, name: DialectName): OffboardingRule['bus'] => {
  const { bus } = dialects[name];
  if (bus !== 'partner') return bus;
  if (settings.okta === undefined) throw new Error(`${settingOf(name)} must have a partnerBusName`);
  return { partnerBusName: settings.okta.partnerBusName };
};

/** The dialects that the configuration does not enable. */
export const disabledDialects = (settings: Settings): readonly DialectName[] =>
  dialectNames.filter((name) => !isOn[name](settings));

/**
 * Selects what no enabled dialect understands on the stack's bus: it may be somebody's offboarding with a typing error in it.
 * A pattern has a simple opposite only if it is about `detail-type` alone.
 */
const restPattern = (names: readonly DialectName[]): EventPattern => {
  const understood = names
    .filter((name) => dialects[name].bus === 'own')
    .flatMap((name): readonly string[] => dialects[name].pattern['detail-type']);
  return {
    source: [{ 'anything-but': [outcomeSource] }],
    ...(understood.length > 0 && { 'detail-type': [{ 'anything-but': understood }] }),
  };
};

/** Selects the custom events whose source may not log people out. */
const fromOthers = (sources: readonly string[]): EventPattern => ({
  ...custom.pattern,
  source: [{ 'anything-but': [...sources, outcomeSource] }],
});

const patternOf = ({ custom: { sources } }: Settings, name: DialectName): EventPattern =>
  name === 'custom' && sources !== undefined ? { ...custom.pattern, source: sources } : dialects[name].pattern;

/** The rule for the events of a dialect whose user is read a second time. */
const secondLookRules = (settings: Settings, name: DialectName): readonly OffboardingRule[] => {
  const { secondLook: pattern }: Dialect = dialects[name];
  if (pattern === undefined) return [];
  return [{ name: `${name}SecondLook`, bus: busOf(settings, name), pattern, target: 'second-look' }];
};

/**
 * Every rule that a configuration asks for: one or two for each dialect, one for the rest, and one for custom events of unknown
 * sources.
 */
export const offboardingRules = (settings: Settings): readonly OffboardingRule[] => {
  const enabled = dialectNames.filter((name) => isOn[name](settings));
  const { sources } = settings.custom;
  return [
    ...enabled.map(
      (name) => ({ name, bus: busOf(settings, name), pattern: patternOf(settings, name), target: 'function' }) as const,
    ),
    ...enabled.flatMap((name) => secondLookRules(settings, name)),
    { name: 'rest', bus: 'own', pattern: restPattern(enabled), target: 'failed' },
    ...(settings.custom.enabled && sources !== undefined
      ? [{ name: 'unknown-source', bus: 'own', pattern: fromOthers(sources), target: 'failed' } as const]
      : []),
  ];
};

/** The queue that delivers an event a second time, on AWS and in the local service. */
export const secondLook = {
  /**
   * A directory that still shows an old status after some seconds shows the new one by then, in seconds. SQS can delay a message
   * by 15 minutes (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).
   */
  delaySeconds: 300,
  /** Pause after a failed attempt, in seconds: at least six times the time limit of the function, as AWS advises. */
  visibilitySeconds: 180,
  /** Five failed attempts take a quarter of an hour. */
  attempts: 5,
} as const;
