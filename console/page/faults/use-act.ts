import { useState } from 'preact/hooks';
import type { Failure, Result } from '../../../client/result.ts';
import { useAnnounce } from '../components/announcer.tsx';

/** Waits for a change, announces it, and loads the list again. */
export type Act = (change: Promise<Result<unknown>>, done: string) => Promise<void>;

export const useAct = (reload: () => void): { readonly act: Act; readonly problem: Failure | undefined } => {
  const [problem, setProblem] = useState<Failure>();
  const announce = useAnnounce();
  const act: Act = async (change, done) => {
    setProblem(undefined);
    announce('');
    const result = await change;
    setProblem(result.kind === 'ok' ? undefined : result);
    if (result.kind === 'ok') announce(done);
    reload();
  };
  return { act, problem };
};
