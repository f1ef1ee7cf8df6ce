import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as workflows from '../../workflows';

/** `<workflow>/<case>.<version>.json`, the version being that of Tenure when it was recorded. */
export const historiesFolder = path.resolve(__dirname, '..', 'histories');
const fileName = /^(?<story>[a-z][a-z-]*)\.(?<version>\d+\.\d+\.\d+)\.json$/;

/** One history that has to replay for as long as its file is there. */
export interface Golden {
  readonly workflow: string;
  readonly story: string;
  readonly version: string;
  /** From the folder of the histories. */
  readonly file: string;
}

/** All that are kept, in order; a file that is named otherwise is an error, not overlooked. */
export function goldenHistories(folder = historiesFolder): readonly Golden[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: workflow }) =>
      readdirSync(path.join(folder, workflow)).map((name) => {
        const { story, version } = fileName.exec(name)?.groups ?? {};
        const file = path.join(workflow, name);
        if (story === undefined || version === undefined)
          throw new Error(`test/histories/${file}: must be named <case>.<version>.json`);
        return { workflow, story, version, file };
      }),
    )
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

export function textOf({ file }: Golden): string {
  return readFileSync(path.join(historiesFolder, file), 'utf8');
}

/** The workflow types that workers register. */
export function workflowTypes(): readonly string[] {
  return Object.entries(workflows)
    .filter(([, value]) => typeof value === 'function')
    .map(([name]) => name);
}

/** Workflow types whose changes nothing would catch. */
export function withoutHistory(types: readonly string[], histories: readonly Golden[]): readonly string[] {
  return types.filter((type) => !histories.some(({ workflow }) => workflow === type));
}
