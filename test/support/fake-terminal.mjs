/** Preloaded into a process whose streams are pipes: it takes them for a terminal. */
for (const stream of [process.stdin, process.stdout, process.stderr])
  Object.defineProperty(stream, 'isTTY', { value: true });
