/** How often a process notes that it has seen all that had arrived, in milliseconds. */
const noteEveryMs = 20;

/**
 * Tells how long ago something may have arrived that this process sees now. A process that was held up sees late what came meanwhile.
 */
export const createLateness = () => {
  let last = performance.now();
  // A connection may be seen before a note, and the request on it after that one.
  let lastButOne = last;
  const note = () => {
    lastButOne = last;
    last = performance.now();
  };
  // Node calls `setImmediate` after it has looked for what has arrived.
  const timer = setInterval(() => setImmediate(note), noteEveryMs).unref();
  return {
    /** In milliseconds. */
    now: (): number => performance.now() - lastButOne,
    [Symbol.dispose]: (): void => clearInterval(timer),
  };
};
