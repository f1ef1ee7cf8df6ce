import type { SuspensionPlan } from '../domain/change';
import { markAtWork } from './access-planning';
import type { PlanChangeInput } from './contract';
import { type CoreDesk, noticesIn } from './core-desk';
import { assignTargets, chargeBudget, protectedHold } from './planning';

/** Targets as they are today for a suspension; it disables as a leaver does, and counts in the same budget. */
export async function planSuspension(
  desk: CoreDesk,
  { request, ...releases }: PlanChangeInput,
): Promise<SuspensionPlan> {
  const { settings, store } = desk;
  const { personId, cause } = request;
  const now = new Date().toISOString();
  await markAtWork(desk, { personId, kind: 'suspension', at: now });
  // Said of somebody who works here, never of somebody who leaves or has left.
  await store.people.mark({ personId, status: 'suspended', eventTime: cause.event.time, from: ['active'] });
  const status = (await store.people.get({ personId }))?.status;
  const targets = await assignTargets(desk, { person: cause.event.data.person });
  const urgent = cause.event.data.urgent === true;
  const refused = status === 'suspended' ? undefined : `the person is ${status ?? 'unknown'}, not suspended`;
  const held =
    protectedHold(desk, personId, releases) ??
    (refused === undefined ? await chargeBudget(desk, { urgent, ...releases }, targets, now) : undefined);
  return {
    targets,
    policy: settings.leaver,
    madeAt: now,
    configHash: settings.configHash,
    version: settings.version,
    ...noticesIn(settings),
    ...(refused === undefined ? {} : { refused }),
    ...(held === undefined ? {} : { held }),
  };
}
