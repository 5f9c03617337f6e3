import { useEffect, useState } from 'preact/hooks';
import type { Store } from './store.ts';

/** A part of what a store holds; renders again when that part changes. */
export const useStored = <Value, Part>(store: Store<Value>, select: (value: Value) => Part): Part => {
  const [, setPart] = useState<Part>(() => select(store.get()));
  useEffect(() => {
    const follow = () => setPart(() => select(store.get()));
    // It may have changed between the rendering and now.
    follow();
    return store.subscribe(follow);
    // `select` gives the same part for the same key
  }, [store]);
  return select(store.get());
};

export const useStore = <Value>(store: Store<Value>): Value => useStored(store, (value) => value);
