import { useEffect, useRef } from 'preact/hooks';

let isFirstView = true;

/** Moves the focus to the heading of the view, when the element that had it goes: the browser would forget where it was. */
export const focusViewTitle = (): void => document.querySelector('h1')?.focus();

/** Heading of a view. It takes the focus when the view changes, so that keyboard and screen reader start there. */
export const ViewTitle = ({ title }: { readonly title: string }) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · green-api-logout`;
    if (!isFirstView) heading.current?.focus();
    isFirstView = false;
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {title}
    </h1>
  );
};
