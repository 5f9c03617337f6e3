import { useEffect, useRef } from 'preact/hooks';

let isFirstView = true;

/** Moves the focus to the heading of the view, when the element that had it goes: the browser would forget where it was. */
export const focusViewTitle = (): void => document.querySelector('h1')?.focus({ preventScroll: true });

type ViewTitleProps = {
  readonly title: string;
  /** The title of the browser's tab, if it says more. @default the title */
  readonly tab?: string;
  /** @default true; false: another element of the view takes it */
  readonly takesFocus?: boolean;
};

/** Heading of a view. It takes the focus when the view changes, so that keyboard and screen reader start there. */
export const ViewTitle = ({ title, tab = title, takesFocus = true }: ViewTitleProps) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tab} · green-api-logout`;
  }, [tab]);
  useEffect(() => {
    if (!isFirstView && takesFocus) heading.current?.focus();
    isFirstView = false;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {title}
    </h1>
  );
};
