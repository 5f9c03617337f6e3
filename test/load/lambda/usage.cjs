// Loaded by `node --expose-gc --require`: tells the parent process, when it asks, what this one holds.
const { subscribe } = require('node:diagnostics_channel');

let sockets = 0;
subscribe('net.client.socket', ({ socket }) => {
  sockets += 1;
  socket.once('close', () => {
    sockets -= 1;
  });
});

process.on('message', () => {
  // What the first collection finalizes, the second one frees.
  gc();
  gc();
  const { heapUsed, rss } = process.memoryUsage();
  process.send({ heapBytes: heapUsed, rssBytes: rss, sockets });
});
