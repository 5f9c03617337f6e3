import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { focusViewTitle } from './view-title.tsx';

type FleetingButtonProps = {
  readonly onClick: () => void;
  readonly isDanger?: boolean;
  readonly isOff?: boolean;
  /** What it acts on, where the text does not say it. */
  readonly label?: string;
  readonly children: ComponentChildren;
};

/** A button that goes when the state changes, perhaps while it has the focus: the heading of the view then takes it. */
export const FleetingButton = ({ onClick, isDanger, isOff = false, label, children }: FleetingButtonProps) => {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(
    () => () => {
      if (document.activeElement === button.current) focusViewTitle();
    },
    [],
  );
  return (
    <button
      type="button"
      ref={button}
      {...(isDanger && { class: 'danger' })}
      {...(label !== undefined && { 'aria-label': label })}
      {...(isOff && { 'aria-disabled': true })}
      onClick={() => !isOff && onClick()}
    >
      {children}
    </button>
  );
};
