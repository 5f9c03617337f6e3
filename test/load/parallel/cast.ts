import type { FaultName } from '../../../emulators/green-api/faults.ts';
import { idsFrom } from '../fleet.ts';

const clients = 200;

/** Instances that no client logs out. */
export const bystanders = idsFrom(1_105_000_000, 500);
/** Instances that ten clients each log out at the same time. */
const shared = idsFrom(1_104_000_000, 20);
/** Instances with a permanent fault, one for each client. */
const broken = idsFrom(1_103_000_000, clients);
/** An instance that does not exist. */
export const unknown = '1109000000';

/** The outcomes that a logout may have when any call may meet a transient fault. */
export const transientOutcomes = ['logged-out', 'already-logged-out', 'rate-limited', 'unavailable', 'unconfirmed'];

/**
 * The outcomes that a permanent fault may have.
 * A fault of the logout alone does not affect the readings, but these may meet transient faults.
 */
const lasting: readonly (readonly [fault: FaultName, ...allowedOutcomes: string[]])[] = [
  ['logged-out-but-500', 'logged-out', 'unavailable'],
  ['logged-out-but-504', 'logged-out', 'unavailable'],
  ['logged-out-but-reset', 'logged-out', 'unavailable'],
  ['logged-out-but-hang', 'logged-out', 'timed-out'],
  ['still-authorized', 'unconfirmed'],
  ['is-logout-false', 'refused'],
  ['http-401-text', 'credential-rejected'],
  ['code-401', 'credential-rejected'],
  ['http-403-html', 'wrong-instance-or-host'],
  ['expired', 'instance-expired'],
  ['deleted', 'instance-deleted'],
  ['starting', 'instance-starting'],
  ['bad-request-data', 'request-refused'],
  ['http-429', 'rate-limited'],
  ['http-466', 'quota-exceeded'],
  ['http-500', 'unavailable'],
  ['null-answer', 'unavailable'],
  ['html-answer', 'unavailable'],
  ['not-utf8', 'unavailable'],
  ['hang', 'timed-out'],
  ['hang-in-body', 'timed-out'],
  ['reset', 'unavailable'],
  ['reset-in-body', 'unavailable'],
  ['header-flood', 'unavailable'],
  ['redirect', 'request-refused'],
];

export type Part = {
  readonly own: readonly string[];
  readonly shared: string;
  readonly broken: string;
  readonly fault: FaultName;
  /** The outcomes that the fault may have. */
  readonly allowedOutcomes: readonly string[];
};

/** The instances that one client logs out. */
const partOf = (client: number): Part => {
  const [fault, ...allowedOutcomes] = lasting[client % lasting.length] ?? ['http-500', 'unavailable'];
  return {
    own: idsFrom(1_101_000_000 + client * 4, 4),
    shared: shared[client % shared.length] ?? '',
    broken: broken[client] ?? '',
    fault,
    allowedOutcomes,
  };
};

export const parts = Array.from({ length: clients }, (_, client) => partOf(client));

export const everyId = [...bystanders, ...shared, ...broken, ...parts.flatMap(({ own }) => own)];
