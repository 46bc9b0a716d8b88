import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { takeWebhooks } from './hot-route.js';

/** Who gets a request: the webhook listener with what it is given, or the listener that was there before. */
function receiverOf(method: string, url: string): string {
  const server = new Server();
  let got = 'nobody';
  server.on('request', () => {
    got = 'the others';
  });
  takeWebhooks(server, (connection, query) => {
    got = `${connection} ${query}`;
  });
  server.emit('request', { method, url } as IncomingMessage, {} as ServerResponse);
  return got;
}

describe('the hot route', () => {
  it.each([
    ['POST', '/webhooks/dingtalk-main', 'dingtalk-main '],
    ['POST', '/webhooks/dingtalk-main?nonce=a%2Bb&timestamp=1', 'dingtalk-main nonce=a%2Bb&timestamp=1'],
    ['POST', '/webhooks/%E9%92%89?a=1&a=2', '钉 a=1&a=2'],
    ['GET', '/webhooks/dingtalk-main', 'the others'],
    ['POST', '/webhooks/', 'the others'],
    ['POST', '/webhooks/a/b', 'the others'],
    ['POST', '/webhooks/%zz', 'the others'],
    ['POST', '/other', 'the others'],
  ])('%s %s goes to %s', (method, url, receiver) => {
    expect(receiverOf(method, url)).toBe(receiver);
  });
});
