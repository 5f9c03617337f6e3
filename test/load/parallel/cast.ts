import type { FaultName } from '../../../local/emulators/green-api/faults.ts';
import { idsFrom } from '../fleet.ts';

const clients = 200;

/** Instances that nobody asks for. */
export const bystanders = idsFrom(1_105_000_000, 500);
/** Instances that ten clients each log out at once. */
const shared = idsFrom(1_104_000_000, 20);
/** Instances with a fault that lasts, one for each client. */
const broken = idsFrom(1_103_000_000, clients);
/** There is no such instance. */
export const unknown = '1109000000';

/** What a logout may come to when faults that pass are strewn over all calls. */
export const inPassing = ['logged-out', 'already-logged-out', 'rate-limited', 'unavailable', 'unconfirmed'];

/** What a lasting fault must be told as; those of the logout alone leave the readings, which may meet faults that pass. */
const lasting: readonly (readonly [fault: FaultName, ...told: string[]])[] = [
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
  /** What the fault must be told as. */
  readonly told: readonly string[];
};

/** The instances that one client asks for. */
const partOf = (client: number): Part => {
  const [fault, ...told] = lasting[client % lasting.length] ?? ['http-500', 'unavailable'];
  return {
    own: idsFrom(1_101_000_000 + client * 4, 4),
    shared: shared[client % shared.length] ?? '',
    broken: broken[client] ?? '',
    fault,
    told,
  };
};

export const parts = Array.from({ length: clients }, (_, client) => partOf(client));

export const everyId = [...bystanders, ...shared, ...broken, ...parts.flatMap(({ own }) => own)];
