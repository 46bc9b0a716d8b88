import { connect } from 'node:net';

/**
 * Whether a service is up: ready, or waiting for a person to lead it out of a database and a log that don't fit (`voucherline
 * doctor`), which needs the rest of the stack to run.
 */
export async function serviceAnswers(readyUrl: string): Promise<boolean> {
  try {
    const response = await fetch(readyUrl, { signal: AbortSignal.timeout(2_000) });
    const { checks } = (await response.json()) as { checks?: { recovery?: string } };
    return response.ok || (checks?.recovery ?? 'ok') !== 'ok';
  } catch {
    return false;
  }
}

/** Whether something accepts connections on a port of loopback. */
export function portAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
