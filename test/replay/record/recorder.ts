import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Rig } from '../../rig/tenure';
import { canonical, inClear } from '../canonical';
import { historiesFolder } from '../golden';

export interface ToKeep {
  readonly workflow: string;
  readonly story: string;
  readonly workflowId: string;
  /** The last run when absent. */
  readonly runId?: string;
}

/** Keeps the histories of one recording, and writes them only when all of them came about. */
export class Recorder {
  readonly #kept = new Map<string, string>();
  readonly #secrets = new Map<string, string>();

  constructor(private readonly version: string) {}

  /** The play secrets are as secret here as real ones would be. */
  guard(type: string, auth: Readonly<Record<string, string>>): void {
    for (const [field, value] of Object.entries(auth))
      if (/secret|password|token$/i.test(field)) this.#secrets.set(`${type} ${field}`, value);
  }

  /** Keeps the history of one run as soon as it has ended. */
  async keep(rig: Rig, { workflow, story, workflowId, runId }: ToKeep): Promise<void> {
    const handle = rig.client.workflow.getHandle(workflowId, runId);
    await rig.until(
      async () => (await handle.describe()).status.name,
      (status) => status !== 'RUNNING',
      `${workflowId} to end`,
    );
    const text = canonical(await handle.fetchHistory());
    for (const [id, { auth }] of rig.standIns) this.guard(id, auth);
    const clear = inClear(text);
    const told = [...this.#secrets].find(([, secret]) => clear.includes(secret));
    if (told !== undefined) throw new Error(`${workflow}/${story} tells the secret ${told[0]}: nothing is written`);
    this.#kept.set(path.join(workflow, `${story}.${this.version}.json`), text);
  }

  /** Replaces what this version had; histories of other versions are not touched. */
  write(): readonly string[] {
    for (const file of this.ofThisVersion()) rmSync(file);
    for (const [file, text] of this.#kept) {
      const place = path.join(historiesFolder, file);
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, text);
    }
    return [...this.#kept].map(([file, text]) => `${file} (${Math.ceil(text.length / 1024)} KiB)`).sort();
  }

  private ofThisVersion(): readonly string[] {
    mkdirSync(historiesFolder, { recursive: true });
    return readdirSync(historiesFolder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(`.${this.version}.json`))
      .map((file) => path.join(historiesFolder, file));
  }
}
