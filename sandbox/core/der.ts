/** The few pieces of DER (X.690) that an X.509 certificate needs. */

export function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

export function set(...parts: readonly Buffer[]): Buffer {
  return tagged(0x31, ...parts);
}

export function octets(content: Buffer): Buffer {
  return tagged(0x04, content);
}

/** A string of whole bytes, unless the last ones do not count. */
export function bits(content: Buffer, unused = 0): Buffer {
  return tagged(0x03, Buffer.from([unused]), content);
}

export function text(content: string): Buffer {
  return tagged(0x0c, Buffer.from(content, 'utf8'));
}

export function yes(): Buffer {
  return tagged(0x01, Buffer.from([0xff]));
}

/** Not negative: a leading zero keeps the sign bit free. */
export function integer(content: Buffer): Buffer {
  return tagged(0x02, (content[0] ?? 0) & 0x80 ? Buffer.from([0]) : Buffer.alloc(0), content);
}

/** UTCTime, which RFC 5280 asks for until 2049. */
export function time(at: Date): Buffer {
  return tagged(0x17, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`, 'ascii'));
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
