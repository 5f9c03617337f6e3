import type { DialectName } from './dialects.ts';
import custom from './samples/custom.json' with { type: 'json' };
import identityCenter from './samples/identity-center.json' with { type: 'json' };
import identityCenterNative from './samples/identity-center-native.json' with { type: 'json' };
import okta from './samples/okta.json' with { type: 'json' };

/** A whole event of each dialect, as it arrives on its bus. */
export const samples = { custom, okta, identityCenter, identityCenterNative } as const satisfies Readonly<
  Record<DialectName, object>
>;
