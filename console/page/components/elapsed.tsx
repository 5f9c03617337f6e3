import { useEffect, useState } from 'preact/hooks';

/** Whole seconds since an instant, in milliseconds. */
export const useElapsed = (since: number): number => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.floor((now - since) / 1000));
};
