import { connect } from 'node:net';

/** An ApiVersions v0 request (key 18) with no client id: the one request every broker answers without knowing the client. */
const apiVersions = Buffer.from('0000000a' + '0012' + '0000' + '00000001' + 'ffff', 'hex');

/** Whether a Kafka broker answers on this port. It accepts requests only once the controller has let it in. */
export function brokerAnswers(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    let received = Buffer.alloc(0);
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
    socket.once('connect', () => socket.write(apiVersions));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      // length, our correlation id, error code 0
      if (received.length >= 10) settle(received.readInt32BE(4) === 1 && received.readInt16BE(8) === 0);
    });
  });
}
