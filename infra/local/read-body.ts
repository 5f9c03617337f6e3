import type { IncomingMessage } from 'node:http';

/** The whole body as text, or `undefined` when it is longer than `maxBytes`. */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= maxBytes) chunks.push(chunk);
  }
  return length <= maxBytes ? Buffer.concat(chunks).toString() : undefined;
};
