import type { FlowView } from '../flow-board';

/** What somebody of the sample company does once a leaver is contained. */
export class Cue {
  #isGiven = false;

  /** @param act what is done; comes back with it in words. */
  constructor(
    private readonly personId: string,
    private readonly act: (leaver: FlowView) => Promise<string>,
  ) {}

  /** What was done now, in words; undefined when its time has not come, or it was done before. */
  async lookAt(views: readonly FlowView[]): Promise<string | undefined> {
    const leaver = views.find(({ personId, kind }) => personId === this.personId && kind === 'leaver');
    const isContained = leaver?.progress.state === 'retained' || leaver?.progress.state === 'awaiting-approval';
    if (this.#isGiven || leaver === undefined || !isContained) return undefined;
    this.#isGiven = true;
    return await this.act(leaver);
  }
}
