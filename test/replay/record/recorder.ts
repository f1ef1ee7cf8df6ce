import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Rig } from '../../rig/tenure';
import { canonical, inClear } from '../canonical';
import { historiesFolder } from '../golden';

/** Keeps the histories of one recording, and writes them only when all of them came about. */
export class Recorder {
  readonly #kept = new Map<string, string>();

  constructor(
    private readonly rig: Rig,
    private readonly version: string,
  ) {}

  /** Keeps the history of one run that has ended: of the last one when no `runId` is given. */
  async keep(kept: {
    readonly workflow: string;
    readonly story: string;
    readonly workflowId: string;
    readonly runId?: string;
  }): Promise<void> {
    const { workflow, story, workflowId, runId } = kept;
    const handle = this.rig.client.workflow.getHandle(workflowId, runId);
    await this.rig.until(
      async () => (await handle.describe()).status.name,
      (status) => status !== 'RUNNING',
      `${workflowId} to end`,
    );
    const text = canonical(await handle.fetchHistory());
    this.refuseSecrets(`${workflow}/${story}`, text);
    this.#kept.set(path.join(workflow, `${story}.${this.version}.json`), text);
  }

  /** The play secrets are as secret here as real ones would be. */
  private refuseSecrets(name: string, text: string): void {
    const clear = inClear(text);
    for (const { auth } of this.rig.standIns.values())
      for (const [field, value] of Object.entries(auth))
        if (/secret|password|^token$/i.test(field) && clear.includes(value))
          throw new Error(`the history ${name} tells the secret ${field}: it is not written`);
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
