import {
  claim,
  cutPage,
  Refusal,
  startServer,
  TokenDesk,
  wholeNumber,
  type SeedPerson,
  type StandInAccount,
  type StandInOptions,
  type TokenDeskOptions,
} from '../../../sandbox/core';

interface Item {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly { readonly label: string }[];
}

/** The smallest vendor there can be: things with names. Tests of the core drive it over HTTP. */
export class Notebook {
  items: Item[] = [];

  seed(people: readonly SeedPerson[]): void {
    for (const person of people) this.add(person.username);
  }

  add(name: string): Item {
    const item = { id: this.items.length + 1, name, tags: [{ label: 'new' }] };
    this.items = [...this.items, item];
    return item;
  }

  account(username: string): StandInAccount | undefined {
    return this.accounts().find((one) => one.username === username);
  }

  accounts(): StandInAccount[] {
    return this.items.map(({ id, name }) => ({
      id: String(id),
      username: name,
      enabled: true,
      groups: [],
      roles: [],
      live: {},
      deleted: false,
    }));
  }

  save(): unknown {
    return this.items;
  }

  restore(saved: unknown): void {
    this.items = saved as Item[];
  }
}

export function startNotebook(options: StandInOptions & { desk?: TokenDeskOptions } = {}) {
  const state = new Notebook();
  const tokens = new TokenDesk({ clientId: 'id', clientSecret: 's3cret', ...options.desk });
  return startServer({
    type: 'notebook',
    apiRoot: '/api/v1',
    state,
    tokens,
    tokenPath: '/oauth/token',
    auth: (origin) => ({ tokenUrl: `${origin}/oauth/token`, clientId: 'id', clientSecret: 's3cret' }),
    answers: { error: (status, message) => ({ fault: { status, message } }) },
    requestIdHeader: 'x-notebook-id',
    ...options,
    routes: (app) => {
      app.get<{ Querystring: Record<string, string> }>('/items', (request, reply) => {
        const { name, offset, limit } = request.query;
        const filtered = name === undefined || claim(request, 'filter-ignored');
        const rows = filtered ? state.items : state.items.filter((item) => item.name === name);
        const page = { request, rows, offset: wholeNumber(offset, 0), limit: wholeNumber(limit, 100) };
        return reply.send({ items: cutPage(page), total: rows.length });
      });
      app.post<{ Body: { name?: string } }>('/items', (request, reply) => {
        const { name } = request.body;
        if (name === undefined) throw new Refusal(422, 'name is required');
        return reply.code(201).send(state.add(name));
      });
      app.post('/items/search', { config: { reads: true } }, (_request, reply) => reply.send({ items: state.items }));
      app.delete<{ Params: { id: string } }>('/items/:id', (request, reply) => {
        state.items = state.items.filter((item) => String(item.id) !== request.params.id);
        return reply.code(204).send();
      });
    },
  });
}
