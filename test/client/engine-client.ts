import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { ensureSearchAttributes } from '../../workers/search-attributes';
import { testEngine } from '../rig/engine';

/** A client of the engine that all tests share, with our search attributes registered. */
export async function engineClient(): Promise<Client> {
  const { address, namespace } = testEngine();
  const connection = await Connection.connect({ address });
  await ensureSearchAttributes({ connection, namespace });
  return new Client({ connection, namespace });
}

/** The line to the engine: cut, nothing goes through and who is connected is thrown out; mended, it works again. */
export class Cable {
  readonly #open = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  async mend(): Promise<void> {
    const target = new URL(`tcp://${testEngine().address}`);
    const server = createServer((near) => {
      const far = createConnection(Number(target.port), target.hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#open.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#open.delete(one);
          other.destroy();
        });
      }
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async cut(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }
}
