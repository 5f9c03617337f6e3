import { CommandFailed, orFailure } from '../errors.ts';

/** The result of a check. An error makes the exit code 1. */
export type Finding = { readonly status: 'ok' | 'warning' | 'error'; readonly what: string; readonly detail: string };

export const ok = (what: string, detail: string): Finding => ({ status: 'ok', what, detail });
export const warning = (what: string, detail: string): Finding => ({ status: 'warning', what, detail });
export const failure = (what: string, detail: string): Finding => ({ status: 'error', what, detail });

/** Runs one check; that it cannot be made is a finding too. */
export const check = async (what: string, work: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> => {
  const findings = await orFailure(work());
  return findings instanceof CommandFailed ? [failure(what, findings.message)] : findings;
};
