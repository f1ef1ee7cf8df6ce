import type { StandInType } from '../../sandbox';
import { peopleOf } from '../company';
import { containmentSteps, type ContainmentStep, type Recording, type TargetRecording } from '../http/recording';
import { countLeast, type Circumstance } from '../least';
import { number, type Result } from './result';

const atMost = 1.25;

/** Requests of each step against the least that the vendor's API allows, one line a target. */
export function requestRows(recording: Recording): readonly Result[] {
  return recording.targets.map(requestRow);
}

export function requestRow(recording: TargetRecording): Result {
  const circumstance = circumstanceOf(recording);
  const steps = containmentSteps.map((step) => {
    const sent = sentIn(recording, step);
    return { step, sent, least: countLeast(recording.target as StandInType, step, circumstance) };
  });
  const worst = Math.max(...steps.map(({ sent, least }) => sent / least));
  return {
    measure: `requests per step, ${recording.target}`,
    measured: `${number(worst)} (${steps.map(({ sent, least }) => `${sent}/${least}`).join(', ')})`,
    target: `<= ${number(atMost)}`,
    reached: worst <= atMost,
  };
}

function sentIn(recording: TargetRecording, step: ContainmentStep): number {
  return recording.steps[step].reduce((sum, attempt) => sum + attempt.length, 0);
}

function circumstanceOf({ steps }: TargetRecording): Circumstance {
  const writes = steps.drainSessions.flat().filter(({ method }) => method !== 'GET');
  const [person] = peopleOf('r', 1);
  return { groups: person?.groups.length ?? 0, ended: writes.length, polls: steps.drainSessions.length };
}
