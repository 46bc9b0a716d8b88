import { createHash } from 'node:crypto';
import { rawContent } from '@voucherline/contracts';
import { describe, expect, it } from 'vitest';
import type { RawRequest, Verification } from '../../ports/source.js';
import type { DocumentFixture, PureSourceHarness, SignedVector } from './pure-harness.js';

const FIVE_MINUTES = 300_000;

/** What every source has to keep without a single call: signatures (security.md §1), handshakes, and pure normalising. */
export function describeSourcePure(name: string, harness: PureSourceHarness): void {
  describe(`${name}: signatures`, () => signatures(harness));
  describe(`${name}: what a webhook means`, () => meanings(harness));
  describe(`${name}: documents`, () => documents(harness));
}

function signatures(harness: PureSourceHarness): void {
  const { source, vectors, connection, rotation, stranger } = harness;
  const at = 1_700_000_000_000;
  const [{ content }] = harness.events as [{ content: string }];
  const verify = (request: RawRequest, of = connection, now = at) => source.verify(request, of, now);
  const reasonOf = (verification: Verification) => (verification.ok ? 'accepted' : verification.reason);

  it.each(vectors)('accepts $name and gives its plaintext', (vector) => {
    const verification = source.verify(vector.request, vector.connection, vector.signedAt);
    expect(verification.ok && verification.request.plaintext.toString()).toBe(vector.plaintext);
  });

  it.each(vectors.flatMap((vector) => harness.forgeriesOf(vector).map((forgery) => ({ vector, ...forgery }))))(
    'refuses $vector.name $name',
    ({ vector, request }) => expect(source.verify(request, vector.connection, vector.signedAt).ok).toBe(false),
  );

  it.each(vectors)('refuses $name with any single bit flipped', (vector) => {
    const accepted = flips(vector.request).filter(
      ({ request }) => source.verify(request, vector.connection, vector.signedAt).ok,
    );
    expect(accepted.map(({ place }) => place)).toEqual([]);
  });

  it.each(vectors)('refuses $name with a part missing or cut', (vector) => {
    const accepted = cuts(vector).filter((request) => source.verify(request, vector.connection, vector.signedAt).ok);
    expect(accepted).toEqual([]);
  });

  it('takes a call within five minutes of now, both ways, and no other', () => {
    const request = harness.sign(content, at, connection);
    const reasons = [-FIVE_MINUTES - 1000, -FIVE_MINUTES, 0, FIVE_MINUTES, FIVE_MINUTES + 1000].map((offset) =>
      reasonOf(verify(request, connection, at + offset)),
    );
    expect(reasons).toEqual(['stale', 'accepted', 'accepted', 'accepted', 'stale']);
  });

  it('refuses a valid call of another tenant, and its secrets under our receiver', () => {
    expect(verify(harness.sign(content, at, stranger)).ok).toBe(false);
    const theirKeysOurName = { content: stranger.content, secrets: connection.secrets };
    expect(reasonOf(verify(harness.sign(content, at, theirKeysOurName)))).toBe('receiver');
  });

  it('takes both secrets while they overlap, says which, and only the new one afterwards', () => {
    const { before, during, after } = rotation;
    const [old, fresh] = [harness.sign(content, at, before), harness.sign(content, at, after)];
    const secretOf = (verification: Verification) => verification.ok && verification.request.secret;
    expect(secretOf(verify(old, during))).toBe('previous');
    expect(secretOf(verify(fresh, during))).toBe('current');
    expect([verify(old, after).ok, verify(fresh, before).ok]).toEqual([false, false]);
  });

  it('refuses other methods than it is called with', () => {
    expect(reasonOf(verify({ ...harness.sign(content, at, connection), method: 'PUT' }))).toBe('unsupported');
  });
}

function meanings(harness: PureSourceHarness): void {
  const { source, connection, rotation, handshake } = harness;
  const at = 1_700_000_000_000;
  let counter = 0;
  const random = (bytes: number) => createHash('sha512').update(String(counter++)).digest().subarray(0, bytes);
  const receive = (content: string, signer = connection, receiver = signer) => {
    const verification = source.verify(harness.sign(content, at, signer), receiver, at);
    if (!verification.ok) throw new Error(`refused: ${verification.detail}`);
    return source.receive(verification.request, receiver);
  };

  it.each(harness.events)('points at $document', ({ content, document }) => {
    const reception = receive(content);
    expect(reception.publish).toBe(true);
    expect(reception.hint?.document).toBe(document);
  });

  it.skipIf(handshake === undefined)('answers a handshake and publishes nothing', () => {
    const reception = receive(handshake as string);
    expect(reception.publish).toBe(false);
    expect(harness.accepts(reception.reply(random, at), connection)).toBe(true);
  });

  it('replies as the vendor wants it, with fresh randomness each time', () => {
    const { reply } = receive((harness.events[0] as { content: string }).content);
    const [first, second] = [reply(random, at), reply(random, at)];
    expect([harness.accepts(first, connection), harness.accepts(second, connection)]).toEqual([true, true]);
    expect(second.body).not.toBe(first.body);
  });

  it('replies with the secret that the vendor used', () => {
    const { content } = harness.events[0] as { content: string };
    const reply = receive(content, rotation.before, rotation.during).reply(random, at);
    expect(harness.accepts(reply, rotation.before)).toBe(true);
    expect(harness.accepts(reply, rotation.after)).toBe(false);
  });

  it.each([
    ['no JSON', '<xml/>'],
    ['a name given twice', '{"a":1,"a":2}'],
    ['a member of the prototype', '{"__proto__":{}}'],
    ['a depth that breaks later steps', `${'['.repeat(200)}${']'.repeat(200)}`],
    ['more names than any event has', `{${Array.from({ length: 6000 }, (_, n) => `"n${n}":1`).join()}}`],
    ['no event', '{}'],
  ])('does not guess what authentic content means that has %s', (_what, content) => {
    expect(() => receive(content)).toThrow();
  });
}

function documents(harness: PureSourceHarness): void {
  const observe = ({ content, connection }: DocumentFixture) =>
    harness.source.normalise(deepFrozen(rawContent(content)), deepFrozen(connection));

  it.each(harness.documents)(
    '$name says the same whenever it is read, and nothing is changed by reading',
    (fixture) => {
      const first = observe(fixture);
      expect(observe({ ...fixture, content: Buffer.from(fixture.content) })).toEqual(first);
      expect(first.document).toMatch(/^[^/]+\/[^/]+\/[^/]+\/[^/]+$/);
    },
  );

  it.each(harness.documents)('$name says the same in whatever order its members come', (fixture) => {
    const turned = Buffer.from(JSON.stringify(membersReversed(JSON.parse(fixture.content.toString()))));
    expect(observe({ ...fixture, content: turned })).toEqual(observe(fixture));
  });

  const pairs = harness.sameApproval.map(([before, after]) => ({ before, after }));
  it.each(pairs)('$after.name is the approval that $before.name shows', ({ before, after }) => {
    expect(observe(after)).toEqual(observe(before));
    expect(after.content.equals(before.content)).toBe(false);
  });

  it.each(harness.documents)('$name cut anywhere is refused, never half understood', (fixture) => {
    for (let length = 0; length < fixture.content.length; length += 97) {
      expect(() => observe({ ...fixture, content: fixture.content.subarray(0, length) })).toThrow();
    }
  });
}

/** The request with each bit of each query value and of the body flipped, one at a time. */
function flips(request: RawRequest): readonly { place: string; request: RawRequest }[] {
  const inQuery = Object.entries(request.query).flatMap(([name, value]) =>
    bitFlips(Buffer.from(value)).map((flipped, bit) => ({
      place: `${name} bit ${bit}`,
      request: { ...request, query: { ...request.query, [name]: flipped.toString('latin1') } },
    })),
  );
  const inBody = bitFlips(request.body).map((body, bit) => ({
    place: `body bit ${bit}`,
    request: { ...request, body },
  }));
  return [...inQuery, ...inBody];
}

function bitFlips(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length * 8 }, (_, bit) => {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return flipped;
  });
}

function cuts({ request }: SignedVector): readonly RawRequest[] {
  const names = Object.keys(request.query);
  const without = names.map((name) => {
    const { [name]: _, ...query } = request.query;
    return { ...request, query };
  });
  const emptied = names.map((name) => ({ ...request, query: { ...request.query, [name]: '' } }));
  const shorter = [0, 1, request.body.length >> 1, request.body.length - 1].map((length) => ({
    ...request,
    body: request.body.subarray(0, length),
  }));
  return [...without, ...emptied, ...shorter];
}

function membersReversed(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(membersReversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, membersReversed(member)]),
  );
}

function deepFrozen<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    for (const member of Object.values(value)) deepFrozen(member);
    Object.freeze(value);
  }
  return value;
}
