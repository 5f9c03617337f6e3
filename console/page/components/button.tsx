import type { ButtonHTMLAttributes } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { focusViewTitle } from './view-title.tsx';

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'onClick'> & {
  readonly onClick: () => void;
  /** It does nothing now, and keeps the focus. */
  readonly isOff?: boolean;
  /** It goes when the state changes, perhaps while it has the focus: the heading of the view then takes it. */
  readonly isFleeting?: boolean;
};

export const Button = ({ onClick, isOff = false, isFleeting = false, ...attributes }: ButtonProps) => {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(
    () => () => {
      if (isFleeting && document.activeElement === button.current) focusViewTitle();
    },
    [],
  );
  const press = () => !isOff && onClick();
  return <button {...attributes} type="button" ref={button} aria-disabled={isOff || undefined} onClick={press} />;
};
