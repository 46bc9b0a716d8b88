/** A variable-length number of 32 bits has five bytes at most. */
export const VARINT_BYTES = 5;
/** A UTF-16 unit has three bytes at most in UTF-8. */
export const UTF8_BYTES = 3;
/** Longer texts are written faster by Node. */
const SHORT = 128;

/** Writes Kafka's primitive types, one behind the other, into a buffer that has to be large enough: https://kafka.apache.org/protocol */
export class ByteWriter {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(mostBytes: number) {
    this.#buffer = Buffer.allocUnsafe(mostBytes);
  }

  /** Where the next value goes. */
  get at(): number {
    return this.#at;
  }

  /** What was written, from a place on. Shares its memory. */
  bytes(from = 0): Buffer {
    return this.#buffer.subarray(from, this.#at);
  }

  int8(value: number): void {
    this.#at = this.#buffer.writeInt8(value, this.#at);
  }

  int16(value: number): void {
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
  }

  int64(value: bigint): void {
    this.#at = this.#buffer.writeBigInt64BE(value, this.#at);
  }

  raw(bytes: Buffer): void {
    this.#at += bytes.copy(this.#buffer, this.#at);
  }

  /** Leaves room for a number of 32 bits that is known later: gives its place. */
  later(): number {
    this.#at += 4;
    return this.#at - 4;
  }

  /** Fills in what `later` left. */
  fill(place: number, value: number): void {
    this.#buffer.writeUInt32BE(value, place);
  }

  /** Text with its length in 16 bits. */
  string(text: string): void {
    const length = this.#buffer.write(text, this.#at + 2);
    this.int16(length);
    this.#at += length;
  }

  /** Zigzag, then seven bits a byte, the lowest first. */
  varint(value: number): void {
    let rest = (value << 1) ^ (value >> 31);
    while ((rest & ~0x7f) !== 0) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#at++] = rest;
  }

  /** Text with its length as a varint. Nearly all is short ASCII, whose length is known and which is written faster here than by Node. */
  varString(text: string): void {
    if (text.length <= SHORT && this.#writeAscii(text)) return;
    this.framed(() => {
      this.#at += this.#buffer.write(text, this.#at);
    });
  }

  /** Gives false, and has written nothing that counts, when the text has other characters. */
  #writeAscii(text: string): boolean {
    const start = this.#at;
    this.varint(text.length);
    const [buffer, at] = [this.#buffer, this.#at];
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.#at = start;
        return false;
      }
      buffer[at + i] = code;
    }
    this.#at = at + text.length;
    return true;
  }

  /** What `write` writes, with its length in front, as a varint; the length is known afterwards, so the bytes are moved up to it. */
  framed(write: () => void): void {
    const start = this.#at;
    this.#at += VARINT_BYTES;
    write();
    const [from, end] = [start + VARINT_BYTES, this.#at];
    this.#at = start;
    this.varint(end - from);
    this.#buffer.copyWithin(this.#at, from, end);
    this.#at += end - from;
  }
}
