// @ts-check
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

const BLOCK = 512;

/**
 * Takes one program out of a .tar.gz while it streams by, so that nothing but the program reaches the disk.
 * @param {{ from: import('node:stream').Readable, entry: string, to: string }} extraction
 * @returns {Promise<boolean>} whether the archive held it
 */
async function extractFromTarGz({ from, entry, to }) {
  const unpacked = zlib.createGunzip();
  from.on('error', (error) => unpacked.destroy(error));
  const bytes = readerOf(from.pipe(unpacked));
  for (;;) {
    const header = await bytes.take(BLOCK);
    if (header === undefined || header[0] === 0) return false;
    const { name, size, isFile } = readHeader(header);
    const padding = (BLOCK - (size % BLOCK)) % BLOCK;
    // Archives differ in their folders ("./temporal", "temporal-1.5.1/temporal"): the file's own name decides.
    if (isFile && path.posix.basename(name) === path.posix.basename(entry)) {
      const file = await fs.promises.open(to, 'w', 0o755);
      try {
        if (!(await bytes.each(size, (chunk) => file.writeFile(chunk)))) throw new Error('the archive ends too early');
      } finally {
        await file.close();
      }
      from.destroy();
      return true;
    }
    await bytes.each(size + padding, async () => {});
  }
}

/** @param {Buffer} header */
function readHeader(header) {
  const text = (/** @type {number} */ start, /** @type {number} */ length) =>
    (header.toString('latin1', start, start + length).split('\0')[0] ?? '').trim();
  const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
  const size = Number.parseInt(text(124, 12) || '0', 8);
  if (!Number.isSafeInteger(size)) throw new Error('this is not a tar archive');
  const kind = text(156, 1);
  return {
    name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    size,
    isFile: kind === '0' || kind === '',
  };
}

/** @param {import('node:stream').Readable} stream */
function readerOf(stream) {
  const chunks = stream[Symbol.asyncIterator]();
  /** @type {Buffer} */
  let rest = Buffer.alloc(0);

  /**
   * @param {number} length
   * @param {(chunk: Buffer) => Promise<void>} use
   */
  async function each(length, use) {
    let left = length;
    while (left > 0) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done) return false;
        rest = next.value;
      }
      const part = rest.subarray(0, left);
      rest = rest.subarray(part.length);
      left -= part.length;
      await use(part);
    }
    return true;
  }

  /** @param {number} length */
  async function take(length) {
    /** @type {Buffer[]} */
    const parts = [];
    const whole = await each(length, async (part) => void parts.push(part));
    return whole ? Buffer.concat(parts) : undefined;
  }

  return { each, take };
}

module.exports = { extractFromTarGz };
