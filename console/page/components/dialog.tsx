import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from './button.tsx';

type DialogProps = {
  readonly title: string;
  readonly children: ComponentChildren;
  /** The words of the button that closes the dialog. @default 'Cancel' */
  readonly cancel?: string;
  /** Stands beside that button. */
  readonly note?: ComponentChildren;
  /** The words of the other button; without them there is none. */
  readonly submit: string | undefined;
  readonly isDanger?: boolean;
  /** The button does nothing now. */
  readonly isOff?: boolean;
  readonly onSubmit: (close: () => void) => void;
  /** Runs after the dialog has closed and the focus is back where it was. */
  readonly onClose: () => void;
};

/** A form in a modal dialog: the browser keeps the focus inside, closes it on Escape, and returns the focus. */
export const Dialog = ({ title, children, cancel = 'Cancel', note, submit, ...props }: DialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  const send = (event: Event) => {
    event.preventDefault();
    if (!props.isOff) props.onSubmit(close);
  };
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={props.onClose}>
      <h2 id={titleId}>{title}</h2>
      <form onSubmit={send}>
        {children}
        <div class="buttons">
          <Button onClick={close}>{cancel}</Button>
          {note}
          {submit !== undefined && (
            <button type="submit" class={props.isDanger ? 'danger' : 'primary'} aria-disabled={props.isOff}>
              {submit}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
};
