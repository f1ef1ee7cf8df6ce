import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import type { Call } from '../connector';
import { ConnectorError, TargetMisconfigured, VendorUnavailable } from '../errors';
import { CookieJar } from './cookie';
import { scrub, scrubPath } from './scrub';
import { pinMismatch, type Agents } from './tls';
import { userAgent } from './version';

export interface RawRequest {
  readonly operation: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Values that must show up nowhere. */
  readonly secrets: readonly string[];
}
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly requestId?: string;
  readonly secrets: readonly string[];
}

export interface TransportOptions {
  readonly target: string;
  readonly baseUrl: URL;
  readonly agents: Agents;
  readonly timeoutMs: number;
  readonly cookies: boolean;
  readonly keepAlive: boolean;
}

const largestAnswer = 64 * 1024 * 1024;
/** Headers in which vendors name their own id of a request. */
const requestIdHeaders = [
  'x-request-id',
  'x-correlation-id',
  'request-id',
  'x-ms-request-id',
  'x-requestid',
  'x-correlationid',
  'correlation-id',
  'x-amzn-requestid',
  'x-trace-id',
];

/**
 * One request, one answer, whatever its status. Throws `VendorUnavailable` or `TargetMisconfigured` when there is no
 * answer, and the reason of `call.signal` when aborted. An AxiosError never leaves it: it carries the credentials.
 */
export class Transport {
  readonly #axios: AxiosInstance;
  readonly #jar: CookieJar | undefined;
  /** Milliseconds that the vendor's clock is ahead, from the last `Date` header; whole seconds are all it knows. */
  clockSkewMs: number | undefined;

  constructor(private readonly options: TransportOptions) {
    this.#jar = options.cookies ? new CookieJar() : undefined;
    this.#axios = axios.create({
      ...{ maxRedirects: 0, validateStatus: () => true, proxy: false, adapter: 'http' },
      ...{ responseType: 'text', transformResponse: [], transformRequest: [] },
      ...{ maxContentLength: largestAnswer, maxBodyLength: largestAnswer },
    });
  }

  async exchange(request: RawRequest, call: Call): Promise<RawAnswer> {
    call.signal.throwIfAborted();
    const startedAt = performance.now();
    const note = (answer?: RawAnswer): void =>
      call.noteExchange({
        operation: request.operation,
        method: request.method,
        path: scrubPath(request.url.pathname + request.url.search, request.secrets),
        ...(answer !== undefined && { status: answer.status }),
        ...(answer?.requestId !== undefined && { requestId: answer.requestId }),
        milliseconds: Math.round(performance.now() - startedAt),
      });
    try {
      const answer = await this.#send(request, call.signal);
      note(answer);
      return answer;
    } catch (error) {
      note();
      throw error;
    }
  }

  async #send(asked: RawRequest, signal: AbortSignal): Promise<RawAnswer> {
    const cookies = this.#jar?.values(asked.url.host) ?? [];
    const request = { ...asked, secrets: [...asked.secrets, ...cookies] };
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      stop.abort();
    }, this.options.timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return this.#read(request, await this.#ask(request, stop.signal));
    } catch (error) {
      signal.throwIfAborted();
      throw late ? this.#late(request) : this.#failure(error, request);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  #ask({ method, url, headers, body }: RawRequest, signal: AbortSignal): Promise<AxiosResponse<string>> {
    const { agents, baseUrl, keepAlive } = this.options;
    const cookie = this.#jar?.header(url.host);
    return this.#axios.request<string>({
      ...{ method, url: url.href, signal },
      httpAgent: agents.http,
      httpsAgent: url.host === baseUrl.host ? agents.https : agents.elsewhere,
      headers: {
        ...headers,
        'User-Agent': userAgent,
        ...(!keepAlive && { Connection: 'close' }),
        ...(cookie !== undefined && { Cookie: cookie }),
        // Without a body axios must not invent a content type, which strict servers refuse.
        ...(body === undefined && { 'Content-Type': false }),
      },
      ...(body !== undefined && { data: body }),
    });
  }

  #read(request: RawRequest, response: AxiosResponse<string>): RawAnswer {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(response.headers as Record<string, unknown>)) {
      if (name === 'set-cookie') this.#jar?.keep(request.url.host, [value].flat().map(String));
      else if (value !== undefined && value !== null)
        headers[name.toLowerCase()] = [value].flat().map(String).join(', ');
    }
    const date = Date.parse(headers['date'] ?? '');
    if (!Number.isNaN(date)) this.clockSkewMs = date + 500 - Date.now();
    const requestId = requestIdHeaders
      .map((name) => headers[name])
      .find((value) => value !== undefined && value !== '');
    return {
      status: response.status,
      headers,
      text: typeof response.data === 'string' ? response.data : '',
      ...(requestId !== undefined && { requestId: scrub(requestId, request.secrets).slice(0, 128) }),
      secrets: request.secrets,
    };
  }

  #late({ operation, url }: RawRequest): VendorUnavailable {
    const seconds = String(this.options.timeoutMs / 1000);
    const text = `no answer from ${url.host} within ${seconds} s; whether a change was made will show when it is read again`;
    return new VendorUnavailable(text, { target: this.options.target, operation, code: 'ETIMEDOUT' });
  }

  /** The original error is dropped on purpose: only its code and, for certificates, Node's own words are kept. */
  #failure(error: unknown, { operation, url, secrets }: RawRequest): ConnectorError {
    if (error instanceof ConnectorError) return error;
    const { code = 'unknown', message = '' } = causeOf(error);
    const context = { target: this.options.target, operation, code };
    const certificate = certificateAdvice(code);
    if (certificate !== undefined) {
      const text = `the certificate of ${url.host} is not accepted (${scrub(message, secrets)}): ${certificate}`;
      return new TargetMisconfigured(text, context);
    }
    return new VendorUnavailable(`${url.host} does not answer (${code})`, context);
  }
}

/** axios wraps the socket's error; the code of the innermost one tells most. */
function causeOf(error: unknown): { readonly code?: string; readonly message?: string } {
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  const inner = typeof cause === 'object' && cause !== null ? causeOf(cause) : {};
  const own = typeof code === 'string' ? code : undefined;
  const found = inner.code ?? own;
  return { ...(found !== undefined && { code: found }), message: inner.message ?? String(message) };
}

function certificateAdvice(code: string): string | undefined {
  if (code === pinMismatch) {
    return 'compare it with the one that the administrator of the target gives, then correct tls.pinSha256';
  }
  if (/SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_(UNTRUSTED|SIGNATURE|CHAIN)|INVALID_CA/.test(code)) {
    return 'give the PEM file of the CA that signed it as tls.caFile';
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'use the host name that the certificate is made for in baseUrl, or name it in tls.serverName';
  }
  if (/^CERT_|_CERT_|^ERR_TLS_CERT/.test(code)) return 'have it renewed by the administrator of the target';
  if (/^(ERR_SSL_|EPROTO)/.test(code)) return 'TLS could not be agreed; check scheme and port of baseUrl';
  return undefined;
}
