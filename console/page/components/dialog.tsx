import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from './button.tsx';

type DialogProps = {
  readonly title: string;
  readonly children: ComponentChildren;
  /** @default 'Cancel' */
  readonly cancel?: string;
  /** Beside the button that closes the dialog. */
  readonly submit: ComponentChildren;
  readonly onSubmit: (close: () => void) => void;
  /** Runs after the dialog has closed and the focus is back where it was. */
  readonly onClose: () => void;
};

/** A form in a modal dialog: the browser keeps the focus inside, closes it on Escape, and returns the focus. */
export const Dialog = ({ title, children, cancel = 'Cancel', submit, onSubmit, onClose }: DialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  const send = (event: Event) => {
    event.preventDefault();
    onSubmit(close);
  };
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{title}</h2>
      <form onSubmit={send}>
        {children}
        <div class="buttons">
          <Button onClick={close}>{cancel}</Button>
          {submit}
        </div>
      </form>
    </dialog>
  );
};
