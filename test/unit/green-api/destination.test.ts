import { urlToHttpOptions } from 'node:url';
import { createDestinationOf } from '../../../functions/green-api/exchange.ts';

test.each([
  'https://api.green-api.com/waInstance1101000001/logout/token',
  'https://api.green-api.com/v3/waInstance1101000001/logout/token',
  'https://7103.api.greenapi.com/waInstance7103000001/getStateInstance/token',
  'https://localhost:3443/waInstance1101000001/logout/token',
  'http://127.0.0.1:3001/waInstance1101000001/logout/token',
  'http://[::1]:3001/waInstance1101000001/logout/token',
])('parses %s as Node does, the first time and again', (url) => {
  const { protocol, hostname, port, path } = urlToHttpOptions(new URL(url));
  const destinationOf = createDestinationOf();

  expect([destinationOf(url), destinationOf(url)]).toEqual(Array(2).fill({ protocol, hostname, port, path }));
});
