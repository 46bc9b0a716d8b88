/** The reversed polynomial of CRC-32C (Castagnoli), RFC 3720 §12.1. */
const POLYNOMIAL = 0x82f63b78;
const STEP = 8;

/** Table `k` at 256 * k: what a byte does to the checksum that `k` more bytes follow. */
const TABLES = tables();

function tables(): Int32Array {
  const made = new Int32Array(256 * STEP);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    made[byte] = crc;
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256] as number;
    made[at] = (before >>> 8) ^ (made[before & 0xff] as number);
  }
  return made;
}

/** The checksum of Kafka's batches. Eight bytes a step ("slicing by 8"), four times as fast as byte by byte. */
export function crc32c(bytes: Uint8Array): number {
  const whole = bytes.length - (bytes.length % STEP);
  let crc = -1;
  for (let at = 0; at < whole; at += STEP) {
    crc =
      looked(7, (crc ^ byte(bytes, at)) & 0xff) ^
      looked(6, ((crc >>> 8) ^ byte(bytes, at + 1)) & 0xff) ^
      looked(5, ((crc >>> 16) ^ byte(bytes, at + 2)) & 0xff) ^
      looked(4, (crc >>> 24) ^ byte(bytes, at + 3)) ^
      looked(3, byte(bytes, at + 4)) ^
      looked(2, byte(bytes, at + 5)) ^
      looked(1, byte(bytes, at + 6)) ^
      looked(0, byte(bytes, at + 7));
  }
  for (let at = whole; at < bytes.length; at++) crc = (crc >>> 8) ^ looked(0, (crc ^ byte(bytes, at)) & 0xff);
  return ~crc >>> 0;
}

function looked(table: number, byte: number): number {
  return TABLES[256 * table + byte] as number;
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}
