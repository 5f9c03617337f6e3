import { useEffect, useState } from 'preact/hooks';
import { hasEnded } from '../../../client/answers.ts';
import type { Problem } from '../api/call.ts';
import { type Run, readRun } from '../api/runs.ts';
import { sleep } from '../sleep.ts';

const pollMs = 1_500;
/** A run that has just started may not be found yet: for so long, a 404 is no problem. */
const notFoundYetMs = 15_000;

type Listener = (change: { readonly run?: Run; readonly problem: Problem | undefined }) => void;

/** Reads a run again and again until it has ended or `signal` aborts. */
const follow = async (id: string, onChange: Listener, signal: AbortSignal): Promise<void> => {
  const since = Date.now();
  while (!signal.aborted) {
    const result = await readRun(id, signal);
    if (signal.aborted) return;
    if (result.kind === 'ok') {
      onChange({ run: result.value, problem: undefined });
      if (hasEnded(result.value)) return;
    } else if (result.problem.status !== 404 || Date.now() - since > notFoundYetMs) {
      onChange({ problem: result.problem });
      if (result.problem.status >= 400 && result.problem.status < 500 && result.problem.status !== 429) return;
    }
    await sleep(pollMs, signal);
  }
};

/** Follows a run until it has ended. `refresh` reads it at once, for example after it was stopped. */
export const useRun = (id: string) => {
  const [run, setRun] = useState<Run>();
  const [problem, setProblem] = useState<Problem>();
  const [version, setVersion] = useState(0);

  // `version` says when to begin again
  useEffect(() => {
    const controller = new AbortController();
    const onChange: Listener = (change) => {
      if (change.run) setRun(change.run);
      setProblem(change.problem);
    };
    void follow(id, onChange, controller.signal);
    return () => controller.abort();
  }, [id, version]);

  return { run, problem, refresh: () => setVersion((before) => before + 1) };
};
