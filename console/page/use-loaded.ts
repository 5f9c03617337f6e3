import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Failure, Result } from '../../client/result.ts';

/** Loads when the view appears, when `key` changes, and on `reload`. An answer to an outdated call is dropped. */
export const useLoaded = <T>(load: (signal: AbortSignal) => Promise<Result<T>>, key = '') => {
  const [state, setState] = useState<{ value?: T; problem?: Failure; loading: boolean }>({ loading: true });
  const [version, setVersion] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  // `key` and `version` say when to load again
  useEffect(() => {
    const controller = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    void latest.current(controller.signal).then((result) => {
      if (controller.signal.aborted) return;
      if (result.kind === 'ok') setState({ value: result.value, loading: false });
      else setState((before) => ({ ...before, problem: result, loading: false }));
    });
    return () => controller.abort();
  }, [key, version]);

  const reload = useCallback(() => setVersion((before) => before + 1), []);
  return { value: state.value, problem: state.problem, loading: state.loading, reload };
};
