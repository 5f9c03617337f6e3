import { countOf } from '../../../client/count-of.ts';
import { Button } from '../components/button.tsx';
import { logouts, selection } from '../instances/live.ts';
import { LogoutActions } from '../instances/logout-actions.tsx';
import { LogoutButton } from '../instances/logout-dialog.tsx';
import { describeLogouts, mostSingleLogouts } from '../instances/logouts.ts';
import { useMay } from '../sign-in/may.ts';
import { useStore } from '../use-store.ts';
import { focusSearch } from './search-field.tsx';

/** What can be done with the rows that are selected, and how far it has come. It stays at the bottom of the window. */
export const SelectionBar = () => {
  const { instances: selected, isStarted } = useStore(selection);
  const progress = useStore(logouts.store);
  const may = useMay();
  const ids = [...selected.keys()];
  const instances = [...selected.values()];
  if (ids.length === 0) return null;
  const sentence = isStarted ? describeLogouts(ids.map((id) => progress.get(id))) : '';
  const clear = () => {
    selection.set({ instances: new Map(), isStarted: false });
    focusSearch();
  };
  return (
    <section class="selection" aria-label="Selection">
      <p>{sentence || `${countOf(ids.length, 'instance')} selected.`}</p>
      <div class="buttons">
        <Button onClick={clear}>{sentence ? 'Close' : 'Clear selection'}</Button>
        {sentence ? (
          <LogoutActions instances={instances} />
        ) : ids.length > mostSingleLogouts && !may('runs') ? (
          <p>Your sign-in starts no run: select at most {mostSingleLogouts}.</p>
        ) : (
          <LogoutButton
            class="danger"
            instances={instances}
            onStart={() => selection.set({ instances: selected, isStarted: true })}
          >
            Log {countOf(ids.length, 'instance')} out
          </LogoutButton>
        )}
      </div>
    </section>
  );
};
