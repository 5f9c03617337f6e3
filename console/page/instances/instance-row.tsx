import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Instance } from '../../../client/answers.ts';
import type { Owned } from '../../../functions/instances/people.ts';
import { useMay } from '../sign-in/may.ts';
import { useStored } from '../use-store.ts';
import { logouts, states } from './live.ts';
import { LiveState } from './live-state.tsx';
import { isUnderWay } from './logouts.ts';

/** A row that passes by while somebody scrolls or types is not looked at. */
const restMs = 250;

/** Behind a dialog nobody looks at the rows. */
const isLookedAt = (): boolean => !document.hidden && document.querySelector('dialog[open]') === null;

/** Has a state read again, except during a logout: GREEN-API allows one call a second, and the confirmation needs it. */
const lookAt = (idInstance: string, maxAgeMs: number): void => {
  if (!isUnderWay(logouts.store.get().get(idInstance))) states.want(idInstance, maxAgeMs);
};

/** Has the state of an instance read while its row is on the screen, and again when it is older than `maxAgeMs`. */
const useReadWhenVisible = (row: RefObject<HTMLElement | null>, idInstance: string, maxAgeMs: number): void => {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      clearTimeout(timer);
      states.unwant(idInstance);
    };
    const lookIn = (pauseMs: number) => {
      timer = setTimeout(() => {
        if (isLookedAt()) lookAt(idInstance, maxAgeMs);
        lookIn(maxAgeMs + restMs);
      }, pauseMs);
    };
    const observer = new IntersectionObserver((changes) => {
      stop();
      if (changes.at(-1)?.isIntersecting) lookIn(restMs);
    });
    if (row.current) observer.observe(row.current);
    return () => {
      stop();
      observer.disconnect();
    };
  }, [idInstance, maxAgeMs]);
};

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
        {sharedWith.length > 0 && <span class="badge">shared with {sharedWith.join(', ')}</span>}
      </span>
      <div class="live">
        <LiveState state={state} logout={logout} />
        {children}
      </div>
    </li>
  );
};
