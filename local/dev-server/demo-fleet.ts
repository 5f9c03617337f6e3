import { randomBytes } from 'node:crypto';

/** An instance that is there at the start, so that there is something to log out. */
export type DemoInstance = {
  readonly idInstance: string;
  readonly apiTokenInstance: string;
  readonly logoutDelayMs: number;
  readonly tags: Readonly<Record<string, string>>;
};

const demo = (idInstance: string, logoutDelayMs: number, tags: Readonly<Record<string, string>>): DemoInstance => ({
  idInstance,
  apiTokenInstance: randomBytes(25).toString('hex'),
  logoutDelayMs,
  tags,
});

/** A small company: two people in sales, one in support who was offboarded in the sample events, and a break-glass phone. */
export const createDemoFleet = (): readonly DemoInstance[] => [
  demo('1101000001', 300, { owner: 'ann@example.com', group: 'sales' }),
  demo('1101000002', 300, { owner: 'ann@example.com', group: 'sales' }),
  demo('1101000003', 2_500, { owner: 'john.doe@example.com 00u3m90rxKjGQ0G6L1d6', group: 'support' }),
  demo('1101000004', 300, {
    owner: 'john.doe@example.com 6d321996-eab8-4d2e-9f41-0db53b051a5b',
    group: 'support',
  }),
  demo('1101000005', 300, { owner: 'desk@example.com', group: 'support', protected: 'true' }),
];
