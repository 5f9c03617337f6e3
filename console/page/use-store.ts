import { useEffect, useState } from 'preact/hooks';
import type { Store } from './store.ts';

/** The value of a store; renders again when it changes. */
export const useStore = <Value>(store: Store<Value>): Value => {
  const [, setValue] = useState<Value>();
  useEffect(() => {
    const follow = () => setValue(() => store.get());
    // It may have changed between the rendering and now.
    follow();
    return store.subscribe(follow);
  }, [store]);
  return store.get();
};
