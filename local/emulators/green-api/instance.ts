/** An instance as a caller describes it. */
export type DemoInstance = {
  /** 1 to 10 digits. */
  readonly idInstance: string;
  readonly apiTokenInstance: string;
  /** `null` is what a new instance says. @default 'authorized' */
  readonly stateInstance?: string | null;
  /** Milliseconds from a logout that was accepted to `notAuthorized`. @default 300 */
  readonly logoutDelayMs?: number;
  /** What a logout of an instance that is out already is answered; GREEN-API does not document it. @default 'is-logout' */
  readonly repeatedLogout?: 'is-logout' | 'starting-or-not-authorized';
};

/** An instance as the emulator keeps it. */
export type KeptInstance = Readonly<Required<DemoInstance>> & {
  stateInstance: string | null;
  notAuthorizedAtMs: number;
};

export const keepInstance = (instance: DemoInstance): KeptInstance => ({
  stateInstance: 'authorized',
  logoutDelayMs: 300,
  repeatedLogout: 'is-logout',
  ...instance,
  notAuthorizedAtMs: Number.POSITIVE_INFINITY,
});

export const stateAt = (instance: KeptInstance, nowMs: number): string | null =>
  nowMs >= instance.notAuthorizedAtMs ? 'notAuthorized' : instance.stateInstance;

/** Begins a logout; one that is under way already keeps its time. */
export const logOutAt = (instance: KeptInstance, nowMs: number): void => {
  instance.notAuthorizedAtMs = Math.min(instance.notAuthorizedAtMs, nowMs + instance.logoutDelayMs);
};

export const setStateOf = (instance: KeptInstance, stateInstance: string | null): void => {
  instance.stateInstance = stateInstance;
  instance.notAuthorizedAtMs = Number.POSITIVE_INFINITY;
};
