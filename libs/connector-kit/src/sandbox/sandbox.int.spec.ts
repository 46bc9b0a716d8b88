import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Book, Faults, readBook, type Sandbox, type SandboxProduct, startSandboxServer } from './index.js';

const bookPath = () => join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'book.jsonl');

describe('the book', () => {
  it('gives a restarted sandbox its documents, and keeps deleted ones for the oracle', async () => {
    const path = bookPath();
    const { book } = await Book.open(path);
    await Promise.all([book.append('BILL', '1', { status: 'A' }), book.append('BILL', '2', { status: 'A' })]);
    await book.append('BILL', '1', { status: 'C' });
    await book.append('BILL', '2', { status: 'A' }, true);
    await book.close();
    appendFileSync(path, '{"seq":5,"form":"BI');

    const again = await Book.open(path);
    expect(again.documents).toMatchObject([{ form: 'BILL', id: '1', status: 'C', seq: 3 }]);
    await again.book.append('BILL', '3', { status: 'A' });
    await again.book.close();
    expect(readBook(path)).toMatchObject([
      { id: '1', status: 'C' },
      { id: '2', deleted: true },
      { id: '3', seq: 5 },
    ]);
  });
});

describe('faults', () => {
  it('bite by operation, number, turn and seed, and count it', () => {
    const faults = new Faults([{ kind: 'slow', operation: 'Push', times: 1 }]);
    expect([faults.next('Save'), faults.next('Push')?.kind, faults.next('Push')]).toEqual([
      undefined,
      'slow',
      undefined,
    ]);
    faults.clear();
    faults.add({ kind: 'html', every: 3 });
    expect([1, 2, 3, 4, 5, 6].map(() => faults.next('x')?.kind ?? '-').join('')).toBe('--html--html');
    expect(faults.list()).toEqual([{ kind: 'html', every: 3, bit: 2 }]);
    const draw = () => {
      const seeded = new Faults([{ kind: 'html', probability: 0.3, seed: 7 }]);
      return Array.from({ length: 200 }, () => seeded.next('x') !== undefined);
    };
    expect(draw()).toEqual(draw());
    expect(draw().filter(Boolean).length).toBeGreaterThan(30);
  });

  it('that can not be meant are refused', () => {
    expect(() => new Faults([{ kind: 'slow', probability: 3 }])).toThrow(/probability/);
  });
});

describe('the server', () => {
  let executed: string[];
  let faults: Faults;
  let sandbox: Sandbox;
  const call = async (): Promise<string> => {
    const response = await fetch(`${sandbox.url}/Push`, { method: 'POST', body: 'x' });
    return `${response.status} ${await response.text()}`;
  };
  const untilExecuted = async (n: number) => {
    while (executed.length < n) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  beforeEach(async () => {
    executed = [];
    faults = new Faults();
    const product: SandboxProduct = {
      faults,
      operationOf: ({ path }) => path.slice(1),
      execute: async (request, operation, fault) => {
        executed.push(operation);
        return { body: JSON.stringify({ got: request.body.toString(), fault: fault?.kind }) };
      },
      refuse: () => ({ body: 'refused' }),
      throttle: () => ({ status: 429, body: 'later' }),
      control: { 'POST /bills/:id': ({ params, body }) => ({ ...params, ...body }) },
      reset: async () => void executed.splice(0),
      close: async () => {},
    };
    sandbox = await startSandboxServer(product);
  });
  afterEach(() => sandbox.close());

  it('answers, and counts what it was asked', async () => {
    expect(await call()).toBe('200 {"got":"x"}');
    expect(await (await fetch(`${sandbox.url}/_sandbox/stats`)).json()).toEqual({ calls: { Push: 1 } });
  });

  it.each([
    ['refuse', '200 refused', 0],
    ['throttle', '429 later', 0],
    ['http500', '500 Server Error', 0],
    ['quirk', '200 {"got":"x","fault":"quirk"}', 1],
    ['slow', '200 {"got":"x"}', 1],
  ])('does %s', async (kind, answered, executions) => {
    faults.add({ kind, delayMs: 5 });
    expect(await call()).toBe(answered);
    expect(executed).toHaveLength(executions);
  });

  it.each(['dropAfterCommit', 'truncate', 'executeLate'])('executes once and does not answer: %s', async (kind) => {
    faults.add({ kind, delayMs: 5 });
    await expect(call()).rejects.toThrow();
    await untilExecuted(1);
    expect(executed).toEqual(['Push']);
  });

  it('breaks every connection while it is down', async () => {
    faults.add({ kind: 'down' });
    await expect(call()).rejects.toThrow();
    await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'DELETE' });
    expect(await call()).toMatch(/^200/);
    expect(executed).toHaveLength(1);
  });

  it('sends a web page, executed or not', async () => {
    faults.add({ kind: 'html', executed: true });
    expect(await call()).toMatch(/^200 <!DOCTYPE html>/);
    expect(executed).toHaveLength(1);
  });

  it('takes control calls, and says what it does not know', async () => {
    const post = (path: string, body: string) => fetch(`${sandbox.url}/_sandbox${path}`, { method: 'POST', body });
    expect(await (await post('/bills/a%2Fb', '{"n":1}')).json()).toEqual({ id: 'a/b', n: 1 });
    expect((await post('/bills/1', '[]')).status).toBe(400);
    expect((await post('/faults', '{}')).status).toBe(400);
    expect((await post('/nothing', '')).status).toBe(404);
    await call();
    await post('/reset', '');
    expect(executed).toEqual([]);
  });
});
