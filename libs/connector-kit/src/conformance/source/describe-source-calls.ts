import { canonicalJson, rawContent } from '@voucherline/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallContext } from '../../ports/connection.js';
import type { ReadOutcome } from '../../ports/outcome.js';
import type { FaultRule } from '../../sandbox/index.js';
import { leaseOn } from './call-context.js';
import type { SourceCallsHarness, SourceScene } from './calls-harness.js';

/** How a vendor goes wrong, and what a read and a write have to make of it. */
const FAULTS: readonly {
  readonly rule: FaultRule;
  readonly read: string;
  readonly write: string;
  readonly notes: number;
}[] = [
  { rule: { kind: 'throttle' }, read: 'throttled', write: 'throttled', notes: 0 },
  { rule: { kind: 'refuse' }, read: 'rejected', write: 'rejected', notes: 0 },
  { rule: { kind: 'html' }, read: 'unavailable', write: 'inDoubt', notes: 0 },
  { rule: { kind: 'html', executed: true }, read: 'unavailable', write: 'inDoubt', notes: 1 },
  { rule: { kind: 'http500' }, read: 'unavailable', write: 'inDoubt', notes: 0 },
  { rule: { kind: 'http500', executed: true }, read: 'unavailable', write: 'inDoubt', notes: 1 },
  { rule: { kind: 'dropAfterCommit' }, read: 'unavailable', write: 'inDoubt', notes: 1 },
  { rule: { kind: 'truncate' }, read: 'unavailable', write: 'inDoubt', notes: 1 },
  { rule: { kind: 'down' }, read: 'unavailable', write: 'inDoubt', notes: 0 },
];

/** What every source has to keep when it calls: paging to the end, tokens, and an outcome that never claims too much. */
export function describeSourceCalls(name: string, harness: SourceCallsHarness): void {
  const { calls, pure, operations, kind } = harness;
  let scene: SourceScene;
  let context: CallContext;
  const leases: { http: { close(): Promise<void> } }[] = [];
  const lease = () => {
    const made = leaseOn(scene.baseUrl, scene.connection);
    leases.push(made);
    return made;
  };
  const control = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${scene.baseUrl}/_sandbox${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return response.json();
  };
  const callsOf = async (operation: string) => {
    const { calls: counts } = (await control('GET', '/stats')) as { calls: Record<string, number> };
    return counts[operation] ?? 0;
  };
  const read = async <T>(outcome: Promise<ReadOutcome<T>>): Promise<T> => {
    const known = await outcome;
    if (known.kind !== 'read') throw new Error(`not read: ${JSON.stringify(known)}`);
    return known.value;
  };
  const observe = (content: Buffer) => pure.normalise(rawContent(content), scene.connection.content);

  beforeEach(async () => {
    scene = await harness.start();
    context = lease();
  });
  afterEach(async () => {
    await Promise.all(leases.splice(0).map(({ http }) => http.close()));
    await scene.close();
  });

  describe(`${name}: reads`, () => {
    it('shows a document before and after its end', async () => {
      const document = await scene.submit();
      const open = await read(calls.fetch(document, context));
      expect([open.ended, open.subject, observe(open.content).status]).toEqual([false, document, 'open']);
      await scene.approve(document);
      const ended = await read(calls.fetch(document, context));
      expect([ended.ended, ended.subject, observe(ended.content).status]).toEqual([true, document, 'approved']);
      expect(ended.fingerprint).not.toBe(open.fingerprint);
      expect(observe(ended.content)).toMatchObject({ document, form: kind });
      expect(observe(ended.content).steps.length).toBeGreaterThan(0);
    });

    it('does not know what does not exist', async () => {
      expect(await calls.fetch(harness.unknownDocument, context)).toEqual({ kind: 'absent' });
    });

    it('lists a window to its end, each document once', async () => {
      const before = Date.now() - 1;
      const documents = await Promise.all(Array.from({ length: 45 }, () => scene.submit()));
      const window = { kind, from: before, to: Date.now() + 1 };
      const listed: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await read(calls.listPage(window, cursor, context));
        listed.push(...page.documents);
        cursor = page.next;
      } while (cursor !== undefined);
      expect([...listed].sort()).toEqual([...documents].sort());
    });

    it('finds nothing in a window in which nothing was made, and says that it is the last page', async () => {
      await scene.submit();
      const window = { kind, from: Date.now() - 7_200_000, to: Date.now() - 3_600_000 };
      expect(await read(calls.listPage(window, undefined, context))).toEqual({ documents: [] });
    });

    it.each(FAULTS)('are "$read" when the vendor does $rule', async ({ rule, read: kindOfRead }) => {
      const document = await scene.submit();
      for (const [operation, run] of [
        [operations.fetch, () => calls.fetch(document, context)],
        [
          operations.listPage,
          () => calls.listPage({ kind, from: Date.now() - 1000, to: Date.now() }, undefined, context),
        ],
      ] as const) {
        await control('POST', '/faults', { ...rule, operation, times: 1 });
        const outcome = await run();
        expect(outcome.kind).toBe(kindOfRead);
        if (outcome.kind === 'throttled') expect(outcome.afterMs).toBeGreaterThan(0);
        if (outcome.kind === 'rejected') expect(outcome).toMatchObject({ owner: /./, nextStep: /.{10}/ });
        expect((await run()).kind).toBe('read');
      }
    });

    it('show by a probe whether the vendor answers and knows us', async () => {
      expect(await calls.probe(context)).toMatchObject({ kind: 'read' });
      await control('POST', '/faults', { kind: 'down' });
      expect(await calls.probe(context)).toMatchObject({ kind: 'unavailable' });
    });
  });

  describe(`${name}: tokens`, () => {
    it('are loaded once for calls at the same time', async () => {
      const document = await scene.submit();
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => calls.fetch(document, context)));
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array(8).fill('read'));
      expect(await callsOf(operations.token)).toBe(1);
    });

    it('that the vendor refuses are replaced once, and the call is made', async () => {
      const document = await scene.submit();
      await read(calls.fetch(document, context));
      await scene.expireTokens();
      await read(calls.fetch(document, context));
      await scene.expireTokens();
      expect(await calls.addNote({ document, key: 'k1', text: 'x' }, context)).toMatchObject({ kind: 'done' });
      expect(await callsOf(operations.token)).toBe(3);
      expect(scene.notesOn(document)).toHaveLength(1);
    });

    it('that can not be had leave a write unsent', async () => {
      const document = await scene.submit();
      await control('POST', '/faults', { kind: 'http500', operation: operations.token });
      expect(await calls.addNote({ document, key: 'k1', text: 'x' }, context)).toMatchObject({ kind: 'notSent' });
      expect(await callsOf(operations.addNote)).toBe(0);
    });
  });

  describe(`${name}: notes`, () => {
    it('are found by their key, and change nothing that the document says', async () => {
      const document = await scene.submit();
      await scene.approve(document);
      const before = await read(calls.fetch(document, context));
      const note = { document, key: '0123456789abcdef0123456789abcdef' };
      expect(await read(calls.findNote(note, context))).toBe(false);
      expect(await calls.addNote({ ...note, text: '凭证号 付-17' }, context)).toMatchObject({ kind: 'done' });
      expect(await read(calls.findNote(note, context))).toBe(true);
      expect(await read(calls.findNote({ document, key: `${note.key}0` }, context))).toBe(false);
      const after = await read(calls.fetch(document, context));
      expect(after.fingerprint).toBe(before.fingerprint);
      expect(canonicalJson(observe(after.content))).toBe(canonicalJson(observe(before.content)));
      expect(scene.notesOn(document).join()).toContain('凭证号 付-17');
    });

    it('may be long: the text is cut, the key is not', async () => {
      const document = await scene.submit();
      const note = { document, key: 'k'.repeat(32), text: '很长👍'.repeat(2000) };
      expect(await calls.addNote(note, context)).toMatchObject({ kind: 'done' });
      expect(await read(calls.findNote(note, context))).toBe(true);
    });

    it.each(FAULTS)('are "$write" when the vendor does $rule, and a look tells what happened', async (fault) => {
      const document = await scene.submit();
      const note = { document, key: 'k1', text: 'x' };
      await read(calls.findNote(note, context));
      await control('POST', '/faults', { ...fault.rule, operation: operations.addNote, times: 1 });
      expect(await calls.addNote(note, context)).toMatchObject({ kind: fault.write });
      expect(scene.notesOn(document)).toHaveLength(fault.notes);
      expect(await read(calls.findNote(note, context))).toBe(fault.notes > 0);
      expect(await callsOf(operations.addNote)).toBe(1);
    });

    it('are in doubt when the vendor executes them after it broke the connection', async () => {
      const document = await scene.submit();
      const note = { document, key: 'k1', text: 'x' };
      await control('POST', '/faults', { kind: 'executeLate', operation: operations.addNote, delayMs: 50, times: 1 });
      expect(await calls.addNote(note, context)).toMatchObject({ kind: 'inDoubt' });
      await expect
        .poll(() => calls.findNote(note, context), { timeout: 20_000 })
        .toEqual({ kind: 'read', value: true });
    });

    it('on nothing are refused', async () => {
      const note = { document: harness.unknownDocument, key: 'k1', text: 'x' };
      expect(await calls.addNote(note, context)).toMatchObject({ kind: 'rejected' });
    });
  });
}
