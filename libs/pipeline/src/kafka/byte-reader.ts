/** Reads Kafka's types of variable length, one behind the other: https://kafka.apache.org/protocol */
export class ByteReader {
  readonly #buffer: Buffer;
  #at: number;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  int8(): number {
    this.#at += 1;
    return this.#buffer.readInt8(this.#at - 1);
  }

  /** Zigzag, seven bits a byte, the lowest first. Exact up to 53 bits; times and lengths have fewer. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#buffer[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 0x80;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Shares the buffer's memory. */
  bytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }

  text(): string | null {
    const length = this.varint();
    return length < 0 ? null : this.#textOf(length);
  }

  /** Text that is probably this one: compared, which is faster than made. */
  textLike(guess: string | undefined): string {
    const length = this.varint();
    if (guess === undefined || guess.length !== length || !this.#isNext(guess)) return this.#textOf(length);
    this.#at += length;
    return guess;
  }

  /** Whether the next bytes are this text in ASCII; other characters are no single bytes. */
  #isNext(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f || this.#buffer[this.#at + i] !== code) return false;
    }
    return true;
  }

  #textOf(length: number): string {
    this.#at += length;
    return this.#buffer.toString('utf8', this.#at - length, this.#at);
  }
}
