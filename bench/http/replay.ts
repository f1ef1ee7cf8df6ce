import axios, { type AxiosInstance } from 'axios';
import type { Recording, TargetRecording } from './recording';
import { jsonOf, keptOpen, type Exchange } from './relay';
import { carriedValues, lookUp, type Carried } from './carried-value';

interface Play {
  /** Its place among the target's requests. */
  readonly index: number;
  readonly exchange: Exchange;
  /** Values of this request that an earlier answer gave, by their recorded text. */
  readonly carried: readonly Carried[];
}

/** What a person's requests have learned so far: the answers, each at the place of its request. */
interface Memory {
  readonly answers: unknown[];
}

/**
 * Sends for other people exactly what was recorded of one: their word in the place of the recorded one, and the ids that
 * the vendor gave in the places where the recorded ids stood. Plain axios, connections kept open, and nothing else.
 */
export class Replay<S extends string> {
  readonly #axios: AxiosInstance;
  readonly #plays: ReadonlyMap<S, readonly (readonly Play[])[]>;
  readonly #memory = new Map<string, Memory>();

  constructor(
    private readonly recording: TargetRecording<S>,
    private readonly recorded: Recording['person'],
  ) {
    this.#axios = axios.create({
      httpAgent: keptOpen(),
      proxy: false,
      maxRedirects: 0,
      responseType: 'text',
      transformResponse: (data: string) => data,
      validateStatus: () => true,
    });
    this.#plays = prepare(recording, recorded);
  }

  attemptsOf(step: S): number {
    return this.recording.steps[step].length;
  }

  /** Throws when the vendor refuses what it took in the recording: then the two are not the same work. */
  async run({ step, attempt, person }: { step: S; attempt: number; person: string }): Promise<void> {
    const attempts = this.#plays.get(step) ?? [];
    const memory = this.#memory.get(person) ?? { answers: [] };
    this.#memory.set(person, memory);
    for (const play of attempts[Math.min(attempt, attempts.length) - 1] ?? []) await this.#send(play, person, memory);
  }

  async #send({ index, exchange, carried }: Play, person: string, memory: Memory): Promise<void> {
    const values = carried.map(({ recorded, from, steps }) => ({
      recorded,
      now: lookUp(memory.answers[from], steps, person) ?? recorded,
    }));
    const put = (text: string) => text.replaceAll(this.recorded, person);
    const path = exchange.path
      .split(/([/?&=:])/)
      .map((part) => replaced(part, values, decodeURIComponent))
      .join('');
    const body = put(JSON.stringify(withValues(jsonOf(exchange.body), values)) ?? exchange.body);
    const answer = await this.#axios.request<string>({
      method: exchange.method,
      url: `${exchange.origin}${put(path)}`,
      headers: { 'Content-Type': false, ...exchange.headers },
      ...(exchange.body === '' ? {} : { data: body }),
    });
    // Some vendors answer a PATCH with 200 now and 204 then.
    if (Math.floor(answer.status / 100) !== Math.floor(exchange.status / 100))
      throw new Error(
        `${this.recording.target}: ${exchange.method} ${put(path)} answered ${answer.status}, recorded was ${exchange.status}: ${answer.data.slice(0, 200)}`,
      );
    memory.answers[index] = jsonOf(answer.data);
  }
}

interface Value {
  readonly recorded: string;
  readonly now: string;
}

function replaced(part: string, values: readonly Value[], decode: (text: string) => string): string {
  const found = values.find((value) => value.recorded === decode(part));
  return found === undefined ? part : encodeURIComponent(found.now);
}

/** The same JSON with every recorded value replaced, also one in quotes within a text. */
function withValues(json: unknown, values: readonly Value[]): unknown {
  if (Array.isArray(json)) return json.map((item) => withValues(item, values));
  if (typeof json === 'object' && json !== null)
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, withValues(value, values)]));
  const now = (text: string) => values.find((value) => value.recorded === text)?.now ?? text;
  if (typeof json === 'number') return Number(now(String(json)));
  return typeof json === 'string' ? now(json).split('"').map(now).join('"') : json;
}

function prepare<S extends string>(
  recording: TargetRecording<S>,
  person: string,
): ReadonlyMap<S, readonly (readonly Play[])[]> {
  const answers: unknown[] = [];
  const plays = new Map<S, (readonly Play[])[]>();
  for (const [step, attempts] of Object.entries(recording.steps) as [S, readonly (readonly Exchange[])[]][]) {
    plays.set(
      step,
      attempts.map((attempt) =>
        attempt.map((exchange) => {
          const carried = carriedValues(exchange, answers, person);
          answers.push(exchange.answer);
          return { index: answers.length - 1, exchange, carried };
        }),
      ),
    );
  }
  return plays;
}
