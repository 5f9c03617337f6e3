import { useState } from 'preact/hooks';
import type { Failure, Result } from '../../../client/result.ts';
import { announce } from './announcer.tsx';

/** For a call that changes something: keeps the problem, or announces what was done. */
export const useAct = () => {
  const [problem, setProblem] = useState<Failure>();

  /** @param onDone returns what is announced @returns whether the call succeeded */
  const act = async <Value>(call: Promise<Result<Value>>, onDone: (value: Value) => string): Promise<boolean> => {
    setProblem(undefined);
    announce('');
    const result = await call;
    if (result.kind === 'ok') announce(onDone(result.value));
    else setProblem(result);
    return result.kind === 'ok';
  };
  return { problem, act };
};
