import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { openConnector } from '../../../connectors/registry';
import { recordedCall, targetAt } from '../stand-in-target';

interface Asked {
  readonly method: string;
  /** Below the API root. */
  readonly path: string;
  readonly filter: string | undefined;
  /** What was written. */
  readonly body: unknown;
}

/** A SCIM server that says what the test says, for answers that no stand-in gives. */
export async function bareServer(
  answer: (asked: Asked) => readonly [status: number, body: unknown],
  options: Readonly<Record<string, unknown>> = {},
) {
  const asked: string[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const { method = '' } = request;
    const path = pathname.replace('/scim/v2', '');
    const filter = searchParams.get('filter') ?? undefined;
    asked.push([method, path, filter].filter(Boolean).join(' '));
    const sent = ['GET', 'DELETE'].includes(method) ? undefined : await json(request);
    const [status, body] = answer({ method, path, filter, body: sent });
    const text = status === 204 ? undefined : JSON.stringify(body);
    response.writeHead(status, { 'Content-Type': 'application/scim+json' }).end(text);
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${String(port)}/scim/v2`;
  const standIn = { type: 'cyberark-identity-scim', baseUrl, auth: { token: 'play' } } as const;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    ...{ connector: openConnector(targetAt(standIn, { options })), call: recordedCall(), stop },
    /** What was asked since the last look. */
    asked: () => asked.splice(0),
  };
}
