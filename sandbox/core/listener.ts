import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Certificate } from './certificate';

const HOST = '127.0.0.1';
const LISTEN_AGAIN_MS = 20;
const LISTEN_TRIES = 250;

/** A listening port that can go away and come back, as a vendor does in an outage. */
export class Listener {
  readonly server: Server;
  readonly #open = new Set<Socket>();
  #port = 0;
  #wanted = false;

  constructor(handler: RequestListener, certificate?: Certificate) {
    this.server = certificate
      ? createSecureServer({ key: certificate.key, cert: certificate.chain }, handler)
      : createServer(handler);
    for (const event of ['connection', 'secureConnection'] as const) {
      this.server.on(event, (socket: Socket) => {
        this.#open.add(socket);
        socket.once('close', () => this.#open.delete(socket));
      });
    }
  }

  /** The port that was given; 0 asks the system for a free one. */
  async listen(port: number): Promise<number> {
    this.#wanted = true;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, HOST, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.server.address() as AddressInfo).port;
    return this.#port;
  }

  /** From here on the port refuses; what was open is cut without an answer. */
  down(): void {
    this.#wanted = false;
    this.server.close();
    for (const socket of this.#open) socket.destroy();
  }

  /** The same port again. Somebody else may have been given it meanwhile, so it is tried for a while. */
  up(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#listenAgain(LISTEN_TRIES);
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #listenAgain(tries: number): void {
    if (!this.#wanted || this.server.listening) return;
    const onError = (error: Error) => {
      if (tries <= 1) throw error;
      setTimeout(() => this.#listenAgain(tries - 1), LISTEN_AGAIN_MS).unref();
    };
    this.server.once('error', onError);
    this.server.listen(this.#port, HOST, () => this.server.off('error', onError));
  }
}
