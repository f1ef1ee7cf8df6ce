import type { FileProblem } from '../../policy/yaml-text';

export interface ConfigProblem extends FileProblem {
  /** Where it is not the configuration itself: the policy file. */
  readonly file?: string;
}

/** Everything that is wrong with a configuration, at once. */
export class ConfigProblems extends Error {
  constructor(
    readonly file: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    super(
      [
        `${file} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:`,
        ...problems.map(
          ({ file: other, path: at, line, message }) =>
            `  ${other === undefined ? '' : `${other}: `}${at || '(whole file)'}${line === undefined ? '' : ` (line ${line})`}: ${message}`,
        ),
      ].join('\n'),
    );
    this.name = 'ConfigProblems';
  }
}
