// @ts-check
const http = require('node:http');
const https = require('node:https');
const tls = require('node:tls');

/**
 * The proxy that the environment asks for, by the usual variables.
 * @param {URL} url
 * @param {NodeJS.ProcessEnv} env
 */
function proxyFor(url, env) {
  // Plain http needs another kind of request at a proxy; mirrors inside a network are reached directly.
  if (url.protocol !== 'https:') return undefined;
  const proxy = env.HTTPS_PROXY ?? env.https_proxy;
  if (!proxy) return undefined;
  const direct = (env.NO_PROXY ?? env.no_proxy ?? '').split(',').map((host) => host.trim().replace(/^\*?\./, ''));
  const isDirect = direct.some(
    (host) => host !== '' && (host === '*' || url.hostname === host || url.hostname.endsWith(`.${host}`)),
  );
  return isDirect ? undefined : new URL(proxy);
}

/**
 * An encrypted connection to the host of `url`, through the proxy.
 * @param {URL} proxy
 * @param {URL} url
 * @param {number} timeoutMs
 * @returns {Promise<import('node:tls').TLSSocket>}
 */
function tunnelThrough(proxy, url, timeoutMs) {
  const target = `${url.hostname}:${url.port || 443}`;
  const login = decodeURIComponent(`${proxy.username}:${proxy.password}`);
  return new Promise((resolve, reject) => {
    const asked = (proxy.protocol === 'https:' ? https : http).request({
      host: proxy.hostname,
      port: proxy.port,
      method: 'CONNECT',
      path: target,
      timeout: timeoutMs,
      headers: {
        host: target,
        ...(proxy.username ? { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` } : {}),
      },
    });
    asked.on('connect', (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        reject(new Error(`the proxy ${proxy.host} answered ${response.statusCode}`));
        return;
      }
      const secure = tls.connect({ socket, servername: url.hostname }, () => resolve(secure));
      secure.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error(`the proxy ${proxy.host} does not answer`)));
    asked.on('error', reject);
    asked.end();
  });
}

module.exports = { proxyFor, tunnelThrough };
