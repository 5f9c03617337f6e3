import { useEffect, useState } from 'preact/hooks';
import type { Run } from '../../../client/answers.ts';
import { followRun, isUnknown } from '../../../client/follow-run.ts';
import type { Failure, Result } from '../../../client/result.ts';
import { api } from '../api.ts';

const pollMs = 1_500;

/** Follows a run until it has ended. `refresh` reads it at once, for example after it was stopped. */
export const useRun = (id: string) => {
  const [run, setRun] = useState<Run>();
  const [problem, setProblem] = useState<Failure>();
  const [version, setVersion] = useState(0);

  // `version` says when to begin again
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const show = (reading: Result<Run>) => {
      if (reading.kind === 'ok') setRun(reading.value);
      setProblem(reading.kind === 'ok' ? undefined : reading);
    };
    // A run that has just started may not be found yet.
    const onReading = (reading: Result<Run>) => {
      if (reading.kind === 'ok' || !isUnknown(reading)) show(reading);
    };
    void followRun(api, id, { signal, pollMs, onReading }).then((last) => last && show(last));
    return () => controller.abort();
  }, [id, version]);

  return { run, problem, refresh: () => setVersion((before) => before + 1) };
};
