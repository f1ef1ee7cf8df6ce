import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StandIn } from '../../sandbox';

/**
 * Stands in front of a stand-in and answers creations in its place, with every form in which vendors repeat what they were
 * sent; then it lets one through whose answer it spoils as well. It remembers the passwords that it saw.
 */
export class EchoingVendor {
  readonly passwords: string[] = [];
  readonly #server: Server;

  constructor(
    private readonly standIn: StandIn,
    /** Statuses of the first answers to a creation; afterwards creations are let through. */
    private readonly statuses: number[],
  ) {
    this.#server = createServer((request, response) => {
      void this.answer(request).then(({ status, body, type }) => {
        response.writeHead(status, { 'content-type': type });
        response.end(body);
      });
    });
  }

  /** The same API at another address. */
  async listen(): Promise<Pick<StandIn, 'baseUrl' | 'auth'>> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    const here = (url: string) => {
      const moved = new URL(url);
      moved.host = `127.0.0.1:${port}`;
      return moved.href.replace(/\/$/, '');
    };
    const auth = Object.entries(this.standIn.auth).map(([name, value]) => [
      name,
      name === 'tokenUrl' ? here(value) : value,
    ]);
    return { baseUrl: here(this.standIn.baseUrl), auth: Object.fromEntries(auth) as StandIn['auth'] };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  private async answer(request: IncomingMessage) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks);
    const password = /"(?:initialPassword|password)":"((?:[^"\\]|\\.)+)"/.exec(sent.toString())?.[1];
    const status = password === undefined ? undefined : this.statuses.shift();
    if (password !== undefined) this.passwords.push(password);
    if (password !== undefined && status !== undefined)
      return { status, body: echo(sent, password), type: 'application/json' };
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name) ? [[name, value]] : [],
    );
    const through = await fetch(new URL(request.url ?? '/', this.standIn.baseUrl), {
      ...{ method: request.method ?? 'GET', headers },
      ...(sent.length > 0 && { body: sent }),
    });
    return {
      ...{ status: through.status, body: await through.text() },
      type: through.headers.get('content-type') ?? 'application/json',
    };
  }
}

/** As a field of any name, inside a sentence, as the whole request, as its base64, percent-encoded. */
function echo(sent: Buffer, password: string): string {
  const text = sent.toString();
  return JSON.stringify({
    message: `Value ${password} is refused; you sent ${text} (${sent.toString('base64')}, ${encodeURIComponent(password)})`,
    detail: `password ${password}`,
    code: `bad-${password}`,
    ErrorCode: password,
    ErrorMessage: `"${password}" is too weak`,
    errors: { [password]: [password] },
    request: JSON.parse(text) as unknown,
  });
}
