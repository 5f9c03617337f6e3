import { useCallback, useState } from 'preact/hooks';
import { describeState } from '../../../client/answers.ts';
import { api } from '../api.ts';
import { useAnnounce } from '../components/announcer.tsx';
import { describeFailure, type Words } from '../describe-failure.ts';

/** What the page knows about the state of an instance. */
export type KnownState =
  | { readonly kind: 'reading' }
  | { readonly kind: 'read'; readonly stateInstance: string | null; readonly readAt: string }
  | { readonly kind: 'problem'; readonly problem: Words };

export type States = ReadonlyMap<string, KnownState>;

/** States that were read since the view appeared, and the function that reads one. */
export const useStates = () => {
  const [states, setStates] = useState<States>(new Map());
  const announce = useAnnounce();

  const setState = useCallback(
    (idInstance: string, state: KnownState) => setStates((before) => new Map(before).set(idInstance, state)),
    [],
  );

  const read = useCallback(
    async (idInstance: string) => {
      setState(idInstance, { kind: 'reading' });
      announce('');
      const result = await api.readState(idInstance);
      const state: KnownState =
        result.kind === 'ok'
          ? { ...result.value, kind: 'read' }
          : { kind: 'problem', problem: describeFailure(result) };
      setState(idInstance, state);
      const found = state.kind === 'read' ? describeState(state) : state.problem.title;
      announce(`State of ${idInstance}: ${found}`);
    },
    [setState, announce],
  );

  return { states, read, setState };
};
