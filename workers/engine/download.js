// @ts-check
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { pipeline } = require('node:stream/promises');
const { extractFromTarGz } = require('./archive');
const { tunnelThrough, proxyFor } = require('./proxy');

const ANSWER_MS = 8_000;
const STALL_MS = 30_000;
const MOST_REDIRECTS = 5;

/** An answer that says no, as opposed to no answer. */
class DownloadRefused extends Error {}

/**
 * Opens an address, following redirects. An unreachable network fails within seconds, a stalled body within half a minute.
 * @param {URL} url
 * @param {NodeJS.ProcessEnv} env
 * @param {number} [redirects]
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
async function open(url, env, redirects = 0) {
  const response = await request(url, env);
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400 && response.headers.location !== undefined) {
    response.resume();
    if (redirects >= MOST_REDIRECTS) throw new DownloadRefused('too many redirects');
    return open(new URL(response.headers.location, url), env, redirects + 1);
  }
  if (status !== 200) {
    response.resume();
    throw new DownloadRefused(`HTTP ${status}`);
  }
  return response;
}

/**
 * @param {URL} url
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
async function request(url, env) {
  const proxy = proxyFor(url, env);
  const tunnel = proxy === undefined ? undefined : await tunnelThrough(proxy, url, ANSWER_MS);
  const { get } = url.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => asked.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)), ANSWER_MS);
    const asked = get(url, tunnel === undefined ? {} : { agent: false, createConnection: () => tunnel }, (response) => {
      clearTimeout(late);
      response.setTimeout(STALL_MS, () => response.destroy(new Error(`stalled for ${STALL_MS / 1000} s`)));
      resolve(response);
    });
    asked.on('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
  });
}

/**
 * Brings a program to `to`. The address may name an archive, the program itself, or the small JSON document with which
 * the Temporal download service names both: so a mirror can be a plain file server.
 * @param {{ url: string, program: string, to: string, env: NodeJS.ProcessEnv }} wanted
 */
async function downloadProgram({ url, program, to, env }) {
  const address = new URL(url);
  const response = await open(address, env);
  if (/\bjson\b/.test(response.headers['content-type'] ?? '')) {
    const named = readArchiveAddress(await readText(response));
    return saveProgram(await open(new URL(named.archiveUrl, address), env), named.fileToExtract, to);
  }
  return saveProgram(response, program, to);
}

/**
 * @param {import('node:http').IncomingMessage} response
 * @param {string} program
 * @param {string} to
 */
async function saveProgram(response, program, to) {
  const first = await firstBytes(response);
  if (first[0] === 0x1f && first[1] === 0x8b) {
    if (!(await extractFromTarGz({ from: response, entry: program, to }))) {
      throw new DownloadRefused(`the archive holds no ${program}`);
    }
  } else if (first[0] === 0x50 && first[1] === 0x4b) {
    response.destroy();
    throw new DownloadRefused('a .zip archive; offer a .tar.gz instead');
  } else {
    await pipeline(response, fs.createWriteStream(to, { mode: 0o755 }));
  }
}

/**
 * Looks at the first bytes and puts them back: what is sent decides, not what the address ends in.
 * @param {import('node:http').IncomingMessage} response
 * @returns {Promise<Buffer>}
 */
async function firstBytes(response) {
  return new Promise((resolve, reject) => {
    const look = () => {
      const chunk = response.read();
      if (chunk === null) return;
      response.off('readable', look);
      response.unshift(chunk);
      resolve(chunk);
    };
    response.on('readable', look);
    response.once('end', () => resolve(Buffer.alloc(0)));
    response.once('error', reject);
  });
}

/** @param {import('node:http').IncomingMessage} response */
async function readText(response) {
  /** @type {Buffer[]} */
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** @param {string} text */
function readArchiveAddress(text) {
  const answer = JSON.parse(text);
  if (typeof answer.archiveUrl !== 'string' || typeof answer.fileToExtract !== 'string') {
    throw new DownloadRefused('an answer without archiveUrl and fileToExtract');
  }
  return { archiveUrl: answer.archiveUrl, fileToExtract: answer.fileToExtract };
}

module.exports = { downloadProgram, DownloadRefused };
