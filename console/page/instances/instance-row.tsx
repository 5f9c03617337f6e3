import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import type { Instance } from '../../../client/answers.ts';
import type { Owned } from '../../../functions/instances/people.ts';
import { useMay } from '../sign-in/may.ts';
import { useStored } from '../use-store.ts';
import { logouts, states } from './live.ts';
import { LiveState } from './live-state.tsx';
import { useReadWhenVisible } from './use-visible.ts';

type InstanceRowProps = {
  readonly instance: Owned<Instance>;
  /** The state is read again when it is older than this, in milliseconds. */
  readonly maxAgeMs: number;
  readonly isSelected: boolean;
  readonly onSelect: (isSelected: boolean) => void;
  /** Buttons for a row that failed. */
  readonly children?: ComponentChildren;
};

/** One instance: a box that selects it, what its tags say, and its live state. */
export const InstanceRow = (props: InstanceRowProps) => {
  const { instance, maxAgeMs, isSelected, onSelect, children } = props;
  const { idInstance, phone, group, sharedWith } = instance;
  const row = useRef<HTMLLIElement>(null);
  const id = useId();
  const may = useMay();
  const state = useStored(states.store, (known) => known.get(idInstance));
  const logout = useStored(logouts.store, (progress) => progress.get(idInstance));
  useReadWhenVisible(row, idInstance, maxAgeMs);
  return (
    <li ref={row} class="instance">
      {may('logout') ? (
        <>
          <input
            id={id}
            type="checkbox"
            checked={isSelected}
            aria-describedby={`${id}-about`}
            onChange={(event) => onSelect(event.currentTarget.checked)}
          />
          <label for={id} class="instance-id">
            {idInstance}
          </label>
        </>
      ) : (
        <span class="instance-id">{idInstance}</span>
      )}
      <span id={`${id}-about`} class="about">
        {phone !== undefined && <span class="phone">…{phone}</span>}
        {group !== undefined && <span class="muted">{group}</span>}
        {instance.protected && <span class="badge">protected</span>}
        {sharedWith.length > 0 && <span class="badge long">shared with {sharedWith.join(', ')}</span>}
      </span>
      <div class="live">
        <LiveState state={state} logout={logout} />
        {children}
      </div>
    </li>
  );
};
