import { useEffect, useState } from 'preact/hooks';
import type { Failure, Result } from '../../client/result.ts';

type State<T> = { readonly value?: T; readonly problem?: Failure; readonly loading: boolean };

/** @param show takes a result before the last one */
type Load<T> = (signal: AbortSignal, show: (result: Result<T>) => void) => Promise<Result<T> | undefined>;

/** Loads when the view appears, when `key` changes, and on `reload`. An answer to an outdated call is dropped. */
export const useLoaded = <T>(load: Load<T>, key = '') => {
  const [state, setState] = useState<State<T>>({ loading: true });
  const [version, setVersion] = useState(0);

  // `key` and `version` say when to load again
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const show = (result: Result<T> | undefined) => {
      if (signal.aborted || result === undefined) return;
      if (result.kind === 'ok') setState({ value: result.value, loading: false });
      else setState((before) => ({ ...before, problem: result, loading: false }));
    };
    setState((before) => ({ ...before, loading: true }));
    void load(signal, show).then(show);
    return () => controller.abort();
  }, [key, version]);

  return { ...state, reload: () => setVersion((before) => before + 1) };
};
