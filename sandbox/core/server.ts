import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { completeAnswers, type Answers } from './answer';
import { keptCertificate, makeCertificate, type Certificate } from './certificate';
import type { Faults, SeedPerson, StandIn, StandInAccount } from './contract';
import { FaultBook } from './fault';
import { Keeper, type Savable } from './keeper';
import { Listener } from './listener';
import { allowedMethods, readBodies, writeErrors } from './manners';
import { RequestLog } from './request-log';
import type { TokenDesk } from './token';
import { watchTraffic } from './traffic';

/** What a vendor's objects are kept in. `save` gives plain JSON; `restore` takes it back, whatever was there before. */
export interface StandInState extends Savable {
  seed(people: readonly SeedPerson[]): void;
  account(username: string): StandInAccount | undefined;
  accounts(): readonly StandInAccount[];
}

/** What the caller of every stand-in may say. */
export interface StandInOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** HTTPS with a private CA made at start, or one that is kept in a directory (`play-ca.pem`) from start to start. */
  readonly tls?: boolean | { readonly directory: string };
  /** Seeded at start, unless a state is found on disk. */
  readonly people?: readonly SeedPerson[];
  /** File that the state is read from at start and written to after every change. */
  readonly persistTo?: string;
  /** Instead of `persistTo`, where two stand-ins share one state. */
  readonly keeper?: Keeper;
  /** Seconds by which the `Date` header is ahead. */
  readonly clockSkewSeconds?: number;
}

/** What the maker of a stand-in says. */
export interface ServerOptions extends StandInOptions {
  readonly type: string;
  /** Path of the API root, without a trailing slash: `/api/public/v3`. */
  readonly apiRoot: string;
  readonly state: StandInState;
  /** A target's `auth`; `origin` is `http://127.0.0.1:port`. */
  auth(origin: string): Record<string, string>;
  /** Adds the routes, their paths below the API root. */
  routes(app: FastifyInstance): void;
  /** Adds routes outside of the API root, such as a vendor's own log-on. */
  outside?(app: FastifyInstance): void;
  /** Live bearer tokens are asked for on every route that is not `open`. With a `tokenPath` (from the host) they are handed out there. */
  readonly tokens?: TokenDesk;
  readonly tokenPath?: string;
  /** Instead of `tokens`, for vendors with a scheme of their own. */
  admits?(request: FastifyRequest): boolean;
  readonly answers?: Partial<Answers>;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Request media types beyond `application/json` that are read as JSON. */
  readonly alsoJson?: readonly string[];
  /** Header in which the vendor names its own id of the request. */
  readonly requestIdHeader?: string;
}

/** Starts a stand-in on 127.0.0.1: request log, credentials, every kind of fault, HTTPS and memory on disk included. */
export async function startServer(options: ServerOptions): Promise<StandIn & { readonly origin: string }> {
  const { type, apiRoot, state } = options;
  const log = new RequestLog(apiRoot);
  const book = new FaultBook();
  const stopping = new AbortController();
  const keeper = options.keeper ?? (options.persistTo === undefined ? undefined : new Keeper(options.persistTo, state));
  const certificate = certificateFor(options.tls);
  const { app, listener } = openDoor({ log, book, options, certificate, keeper, stopping: stopping.signal });
  await app.ready();
  if (keeper?.found !== true && options.people) seedAndKeep(state, options.people, keeper);
  const origin = `${certificate ? 'https' : 'http'}://127.0.0.1:${await listener.listen(options.port ?? 0)}`;

  return {
    type,
    origin,
    baseUrl: `${origin}${apiRoot}`,
    auth: options.auth(origin),
    ...(certificate ? { ca: certificate.ca } : {}),
    requests: log.entries,
    get tokensIssued() {
      return log.tokensIssued;
    },
    faults: faultsOf(book, listener),
    seed: (people) => seedAndKeep(state, people, keeper),
    account: (username) => state.account(username),
    accounts: () => state.accounts(),
    save: () => structuredClone(state.save()),
    restore: (saved) => {
      state.restore(structuredClone(saved));
      keeper?.changed();
    },
    stop: async () => {
      stopping.abort();
      await listener.stop();
      await app.close();
      keeper?.flush();
    },
  };
}

interface Door {
  readonly log: RequestLog;
  readonly book: FaultBook;
  readonly options: ServerOptions;
  readonly certificate: Certificate | undefined;
  readonly keeper: Keeper | undefined;
  readonly stopping: AbortSignal;
}

function openDoor({ log, book, options, certificate, keeper, stopping }: Door) {
  const { apiRoot, state, tokens, tokenPath } = options;
  const answers = completeAnswers(options.answers);
  let listener: Listener | undefined;
  const app = fastify({
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 500 },
    serverFactory: (handler) => (listener = new Listener(handler, certificate)).server,
  });
  readBodies(app, options);
  const allowed = allowedMethods(app);
  watchTraffic(app, {
    log,
    faults: book,
    answers,
    state,
    stopping,
    admits: (request) => options.admits?.(request) ?? tokens?.admits(request) ?? true,
    changed: () => keeper?.changed(),
  });
  writeErrors(app, answers, allowed);
  if (tokens && tokenPath) tokens.serve(app, tokenPath);
  options.outside?.(app);
  void app.register(
    (below, _options, done) => {
      options.routes(below);
      done();
    },
    { prefix: apiRoot },
  );
  if (listener === undefined) throw new Error('the server library did not ask for a server');
  return { app, listener };
}

function certificateFor(tls: StandInOptions['tls']): Certificate | undefined {
  if (tls === undefined || tls === false) return undefined;
  return tls === true ? makeCertificate() : keptCertificate(tls.directory);
}

function seedAndKeep(state: StandInState, people: readonly SeedPerson[], keeper: Keeper | undefined): void {
  state.seed(people);
  keeper?.changed();
}

function faultsOf(book: FaultBook, listener: Listener): Faults {
  return {
    add: (fault) => book.add(fault),
    chaos: (wanted) => book.chaos(wanted),
    clear: () => book.clear(),
    down: () => listener.down(),
    up: () => listener.up(),
    get pending() {
      return book.pending;
    },
  };
}
