// Loaded by `node --expose-gc --require`: on request, reports the memory and sockets of this process to its parent.
const { subscribe } = require('node:diagnostics_channel');

let sockets = 0;
subscribe('net.client.socket', ({ socket }) => {
  sockets += 1;
  socket.once('close', () => {
    sockets -= 1;
  });
});

process.on('message', () => {
  // Objects that the first collection finalizes are freed by the second one.
  gc();
  gc();
  const { heapUsed, rss } = process.memoryUsage();
  process.send({ heapBytes: heapUsed, rssBytes: rss, sockets });
});
