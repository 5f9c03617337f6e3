import { useState } from 'preact/hooks';
import { ViewTitle } from '../components/view-title.tsx';
import { useMay } from '../sign-in/may.ts';
import { RunList } from './run-list.tsx';
import { StartRunDialog } from './start-run-dialog.tsx';

/** Starts runs and lists the recent ones. */
export const RunsView = () => {
  const may = useMay();
  const [isStarting, setStarting] = useState(false);
  return (
    <>
      <ViewTitle title="Runs" />
      <p>
        A run logs many instances out and goes on by itself until each logout is confirmed. A dry run is a drill: it
        reads every credential and every state, and logs nobody out.
      </p>
      <div class="toolbar">
        {(may('read') || may('runs')) && (
          <button type="button" class="primary" onClick={() => setStarting(true)}>
            New run
          </button>
        )}
      </div>
      <RunList />
      {isStarting && <StartRunDialog onClose={() => setStarting(false)} />}
    </>
  );
};
