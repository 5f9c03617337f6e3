import { outcomeSource } from '../../functions/logout/evidence.ts';
import { custom } from '../../functions/offboarding/custom.ts';
import type { EventPattern } from '../../functions/offboarding/dialect.ts';
import { type DialectName, dialectNames, dialects } from '../../functions/offboarding/dialects.ts';
import type { Configuration } from './configuration.ts';

/** A rule on an event bus, on AWS and in the local service. */
export type OffboardingRule = {
  readonly name: DialectName | 'rest' | 'unknown-source';
  /** The stack's bus, the account's default bus, or a partner bus by its name. */
  readonly bus: 'own' | 'default' | { readonly partnerBusName: string };
  readonly pattern: EventPattern;
  /** The offboarding function, or the queue of events that failed. */
  readonly target: 'function' | 'failed';
};

type Settings = Configuration['offboarding'];

type DialectSettings = { readonly enabled?: boolean; readonly partnerBusName?: string } | undefined;

const settingsOf = (settings: Settings, name: DialectName): DialectSettings => settings[name];

const isEnabled = (settings: Settings, name: DialectName): boolean => {
  const own = settingsOf(settings, name);
  return own !== undefined && own.enabled !== false;
};

const busOf = (settings: Settings, name: DialectName): OffboardingRule['bus'] => {
  const { bus } = dialects[name];
  if (bus !== 'partner') return bus;
  const partnerBusName = settingsOf(settings, name)?.partnerBusName;
  if (partnerBusName === undefined) throw new Error(`offboarding.${name} must have a partnerBusName`);
  return { partnerBusName };
};

/** The dialects that the configuration does not enable. */
export const disabledDialects = (settings: Settings): readonly DialectName[] =>
  dialectNames.filter((name) => !isEnabled(settings, name));

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
const unknownSourcePattern = (sources: readonly string[]): EventPattern => ({
  ...custom.pattern,
  source: [{ 'anything-but': [...sources, outcomeSource] }],
});

const patternOf = ({ custom: { sources } }: Settings, name: DialectName): EventPattern =>
  name === 'custom' && sources !== undefined ? { ...custom.pattern, source: sources } : dialects[name].pattern;

/** Every rule that a configuration asks for: one for each dialect, one for the rest, and one for custom events of unknown sources. */
export const offboardingRules = (settings: Settings): readonly OffboardingRule[] => {
  const enabled = dialectNames.filter((name) => isEnabled(settings, name));
  const { sources } = settings.custom;
  return [
    ...enabled.map(
      (name) => ({ name, bus: busOf(settings, name), pattern: patternOf(settings, name), target: 'function' }) as const,
    ),
    { name: 'rest', bus: 'own', pattern: restPattern(enabled), target: 'failed' },
    ...(settings.custom.enabled && sources !== undefined
      ? [{ name: 'unknown-source', bus: 'own', pattern: unknownSourcePattern(sources), target: 'failed' } as const]
      : []),
  ];
};
