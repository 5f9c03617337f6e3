import { CommandFailed, orFailure } from '../errors.ts';

/** What a check found: in order, worth a look, or wrong, which makes the exit code 1. */
export type Finding = { readonly status: 'ok' | 'look' | 'wrong'; readonly what: string; readonly detail: string };

export const ok = (what: string, detail: string): Finding => ({ status: 'ok', what, detail });
export const look = (what: string, detail: string): Finding => ({ status: 'look', what, detail });
export const wrong = (what: string, detail: string): Finding => ({ status: 'wrong', what, detail });

/** Runs one check; that it cannot be made is a finding too. */
export const check = async (what: string, work: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> => {
  const findings = await orFailure(work());
  return findings instanceof CommandFailed ? [wrong(what, findings.message)] : findings;
};
