import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { lookAt, states } from './live.ts';

/** A row that passes by while somebody scrolls or types is not looked at. */
const restMs = 250;

/** Behind a dialog nobody looks at the rows. */
const isLookedAt = (): boolean => !document.hidden && document.querySelector('dialog[open]') === null;

const rows = new Map<Element, (isVisible: boolean) => void>();

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) rows.get(target)?.(isIntersecting);
});

/** Has the state of an instance read while its row is on the screen, and again when it is older than `maxAgeMs`. */
export const useReadWhenVisible = (row: RefObject<HTMLElement | null>, idInstance: string, maxAgeMs: number): void => {
  useEffect(() => {
    const element = row.current;
    if (element === null) return;
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
    rows.set(element, (isVisible) => {
      stop();
      if (isVisible) lookIn(restMs);
    });
    observer.observe(element);
    return () => {
      stop();
      observer.unobserve(element);
      rows.delete(element);
    };
  }, [idInstance, maxAgeMs]);
};
