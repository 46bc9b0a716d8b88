import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunningStack, startTestStack } from '../line/start-test-stack.js';

/** What a test may do to a process of the stack. */
export type Treatment = 'kill9' | 'rest' | 'resume' | 'SIGSTOP' | 'SIGCONT';

/**
 * Tests run in processes of their own, and the stack outlives them: so it lives in the process of the test run, and
 * tests reach it here. `GET /stack` starts it when the first test asks; `POST /<process>/<treatment>` treats a process.
 */
export async function startStackControl(): Promise<{ url: string; close(options: { keep: boolean }): Promise<void> }> {
  let starting: Promise<RunningStack> | undefined;
  const stack = () => {
    // Retries after 4 s and 12 s, which most restarts are over by.
    starting ??= startTestStack({ name: 'e2e', timeScale: 0.4 });
    return starting;
  };

  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const [name = '', treatment = ''] = (request.url ?? '').slice(1).split('/');
    const running = await stack();
    if (request.method === 'GET') return running.facts;
    await treat(running, name, treatment as Treatment);
    return {};
  };
  const server = createServer((request, response) => {
    answer(request).then(
      (body) => reply(response, 200, body),
      (error: unknown) => reply(response, 500, { error: (error as Error).message }),
    );
  });
  // Starting takes longer than Node's own patience with a silent answer is of use here.
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close(options) {
      server.close();
      server.closeAllConnections();
      // A stack that did not start has stopped what it had started.
      await (await starting?.catch(() => undefined))?.stop(options);
    },
  };
}

async function treat({ stack }: RunningStack, name: string, treatment: Treatment): Promise<void> {
  switch (treatment) {
    case 'kill9':
    case 'rest':
    case 'resume':
      return stack[treatment](name);
    case 'SIGSTOP':
    case 'SIGCONT':
      return stack.signal(name, treatment);
    default:
      throw new Error(`no treatment "${treatment satisfies never}"`);
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
